<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="fr" sourcelanguage="en">
<context>
    <name>AccuracyForm</name>
    <message>
        <source>Class field</source>
        <translation>Champ de classe</translation>
    </message>
    <message>
        <source>Map and sample</source>
        <translation>Carte et échantillon</translation>
    </message>
    <message>
        <source>The class map to be assessed</source>
        <translation>La carte de classes à évaluer</translation>
    </message>
    <message>
        <source>Random points, shared among the map's classes by area but with a minimum for small classes</source>
        <translation>Des points aléatoires, répartis entre les classes de la carte selon leur surface, avec un minimum pour les petites classes</translation>
    </message>
    <message>
        <source>Draw reference sample</source>
        <translation>Tirer un échantillon de référence</translation>
    </message>
    <message>
        <source>One sample, one table and one report of the maps of all places of the working set, as of one map</source>
        <translation>Un échantillon, un tableau et un rapport des cartes de tous les lieux du jeu de travail, comme d’une seule carte</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Carte</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>Points</translation>
    </message>
    <message>
        <source>All {} places together</source>
        <translation>Les {} lieux ensemble</translation>
    </message>
    <message>
        <source>One map of {0}, in {1}.</source>
        <translation>Une seule carte de {0}, dans {1}.</translation>
    </message>
    <message>
        <source>Reference and labelling</source>
        <translation>Référence et étiquetage</translation>
    </message>
    <message>
        <source>Points or polygons whose class is known from another source than the map</source>
        <translation>Points ou polygones dont la classe est connue par une autre source que la carte</translation>
    </message>
    <message>
        <source>The field with the class: its name, or its value on the map</source>
        <translation>Le champ qui contient la classe : son nom, ou sa valeur sur la carte</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>Référence</translation>
    </message>
    <message>
        <source>Accuracy and areas</source>
        <translation>Exactitude et surfaces</translation>
    </message>
    <message>
        <source>Assess</source>
        <translation>Évaluer</translation>
    </message>
    <message>
        <source>Accuracy of the map and areas of its classes, with 95 % intervals</source>
        <translation>Exactitude de la carte et surfaces de ses classes, avec intervalles à 95 %</translation>
    </message>
    <message>
        <source>Save report…</source>
        <translation>Enregistrer le rapport…</translation>
    </message>
    <message>
        <source>A page (HTML) or a document (PDF) with the map, its accuracy and its origin</source>
        <translation>Une page (HTML) ou un document (PDF) avec la carte, son exactitude et sa provenance</translation>
    </message>
    <message>
        <source>Print layout</source>
        <translation>Mise en page</translation>
    </message>
    <message>
        <source>Lay the map out on a sheet with legend, scale and origin; of several places that of the one in view</source>
        <translation>Mettre la carte en page avec légende, échelle et origine ; de plusieurs lieux, celle du lieu affiché</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Stop what is running</source>
        <translation>Arrêter ce qui est en cours</translation>
    </message>
</context>
<context>
    <name>AccuracyPanel</name>
    <message>
        <source>Class field</source>
        <translation>Champ de classe</translation>
    </message>
    <message>
        <source>Map and sample</source>
        <translation>Carte et échantillon</translation>
    </message>
    <message>
        <source>The class map to be assessed</source>
        <translation>La carte de classes à évaluer</translation>
    </message>
    <message>
        <source>Random points, shared among the map's classes by area but with a minimum for small classes</source>
        <translation>Des points aléatoires, répartis entre les classes de la carte selon leur surface, avec un minimum pour les petites classes</translation>
    </message>
    <message>
        <source>Draw reference sample</source>
        <translation>Tirer un échantillon de référence</translation>
    </message>
    <message>
        <source>One sample, one table and one report of the maps of all places of the working set, as of one map</source>
        <translation>Un échantillon, un tableau et un rapport des cartes de tous les lieux du jeu de travail, comme d’une seule carte</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Carte</translation>
    </message>
    <message>
        <source>Points</source>
        <translation>Points</translation>
    </message>
    <message>
        <source>All {} places together</source>
        <translation>Les {} lieux ensemble</translation>
    </message>
    <message>
        <source>One map of {0}, in {1}.</source>
        <translation>Une seule carte de {0}, dans {1}.</translation>
    </message>
    <message>
        <source>Reference and labelling</source>
        <translation>Référence et étiquetage</translation>
    </message>
    <message>
        <source>Points or polygons whose class is known from another source than the map</source>
        <translation>Points ou polygones dont la classe est connue par une autre source que la carte</translation>
    </message>
    <message>
        <source>The field with the class: its name, or its value on the map</source>
        <translation>Le champ qui contient la classe : son nom, ou sa valeur sur la carte</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>Référence</translation>
    </message>
    <message>
        <source>Accuracy and areas</source>
        <translation>Exactitude et surfaces</translation>
    </message>
    <message>
        <source>Assess</source>
        <translation>Évaluer</translation>
    </message>
    <message>
        <source>Accuracy of the map and areas of its classes, with 95 % intervals</source>
        <translation>Exactitude de la carte et surfaces de ses classes, avec intervalles à 95 %</translation>
    </message>
    <message>
        <source>Save report…</source>
        <translation>Enregistrer le rapport…</translation>
    </message>
    <message>
        <source>A page (HTML) or a document (PDF) with the map, its accuracy and its origin</source>
        <translation>Une page (HTML) ou un document (PDF) avec la carte, son exactitude et sa provenance</translation>
    </message>
    <message>
        <source>Print layout</source>
        <translation>Mise en page</translation>
    </message>
    <message>
        <source>Lay the map out on a sheet with legend, scale and origin; of several places that of the one in view</source>
        <translation>Mettre la carte en page avec légende, échelle et origine ; de plusieurs lieux, celle du lieu affiché</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Stop what is running</source>
        <translation>Arrêter ce qui est en cours</translation>
    </message>
    <message>
        <source>Draw a reference sample and label it, or choose a layer of reference points or polygons.</source>
        <translation>Tirez un échantillon de référence et étiquetez-le, ou choisissez une couche de points ou de polygones de référence.</translation>
    </message>
    <message>
        <source>{} of {} labelled.</source>
        <translation>{} sur {} étiquetés.</translation>
    </message>
    <message>
        <source>None is of {}: label some in every place, or nothing is known of it.</source>
        <translation>Aucun n’est de {} : étiquetez-en quelques-uns dans chaque lieu, sinon on n’en sait rien.</translation>
    </message>
    <message>
        <source>Label at least {} more.</source>
        <translation>Étiquetez-en encore au moins {}.</translation>
    </message>
    <message>
        <source>{} classes of the map have fewer than two: label more.</source>
        <translation>{} classes de la carte en ont moins de deux : étiquetez-en d’autres.</translation>
    </message>
    <message>
        <source>Label the rest for narrower intervals.</source>
        <translation>Étiquetez le reste pour obtenir des intervalles plus étroits.</translation>
    </message>
    <message>
        <source>Choose random points on the map, to be labelled</source>
        <translation>Choisir sur la carte des points aléatoires à étiqueter</translation>
    </message>
    <message>
        <source>Choose a map first</source>
        <translation>Choisissez d’abord une carte</translation>
    </message>
    <message>
        <source>Reference sample</source>
        <translation>Échantillon de référence</translation>
    </message>
    <message>
        <source>{} exists. Replace it, and lose the labels in it?</source>
        <translation>{} existe déjà. Le remplacer, et perdre les étiquettes qu’il contient ?</translation>
    </message>
    <message>
        <source>Replace file?</source>
        <translation>Remplacer le fichier ?</translation>
    </message>
    <message>
        <source>Drawing the reference sample</source>
        <translation>Tirage de l’échantillon de référence</translation>
    </message>
    <message>
        <source>{} points: {}.</source>
        <translation>{} points : {}.</translation>
    </message>
    <message>
        <source>By place: {}.</source>
        <translation>Par lieu : {}.</translation>
    </message>
    <message>
        <source>Assessing the map</source>
        <translation>Évaluation de la carte</translation>
    </message>
    <message>
        <source>The map was learned from this layer: this is no measure of its accuracy.</source>
        <translation>La carte a été apprise de cette couche : cela ne mesure pas son exactitude.</translation>
    </message>
    <message>
        <source>Save report</source>
        <translation>Enregistrer le rapport</translation>
    </message>
    <message>
        <source>{} exists. Replace it?</source>
        <translation>{} existe déjà. Le remplacer ?</translation>
    </message>
    <message>
        <source>Writing the report</source>
        <translation>Écriture du rapport</translation>
    </message>
    <message>
        <source>Accuracy of {}</source>
        <translation>Exactitude de {}</translation>
    </message>
    <message>
        <source>Saved: {}</source>
        <translation>Enregistré : {}</translation>
    </message>
    <message>
        <source>The report is {}.</source>
        <translation>Le rapport est dans {}.</translation>
    </message>
</context>
<context>
    <name>AccuracyTable</name>
    <message>
        <source>Copy tables</source>
        <translation>Copier les tableaux</translation>
    </message>
    <message>
        <source>Classes and matrix to the clipboard, for a spreadsheet or a document</source>
        <translation>Classes et matrice dans le presse-papiers, pour un tableur ou un document</translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation>Enregistrer en CSV…</translation>
    </message>
    <message>
        <source>Classes with areas and intervals, and the matrix in counts and hectares, as files for programs</source>
        <translation>Classes avec superficies et intervalles, et matrice en effectifs et en hectares, en fichiers pour des programmes</translation>
    </message>
    <message>
        <source>User's accuracy: how often the map is right where it shows the class. Producer's accuracy: how much of the class on the ground the map shows. Below each figure its 95 % interval, or “too few” where the points say next to nothing.</source>
        <translation>Exactitude de l’utilisateur : combien de fois la carte a raison là où elle montre la classe. Exactitude du producteur : quelle part de la classe au sol la carte montre. Sous chaque chiffre son intervalle à 95 %, ou « trop peu » là où les points ne disent presque rien.</translation>
    </message>
    <message>
        <source>Overall accuracy</source>
        <translation>Exactitude globale</translation>
    </message>
    <message>
        <source>Agreement</source>
        <translation>Concordance</translation>
    </message>
    <message>
        <source>{} reference points</source>
        <translation>{} points de référence</translation>
    </message>
    <message>
        <source>{} pixels in reference polygons</source>
        <translation>{} pixels dans les polygones de référence</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>Classe</translation>
    </message>
    <message>
        <source>User's, %</source>
        <translation>Utilisateur, %</translation>
    </message>
    <message>
        <source>Producer's, %</source>
        <translation>Producteur, %</translation>
    </message>
    <message>
        <source>Area, ha</source>
        <translation>Surface, ha</translation>
    </message>
    <message>
        <source>Mapped, ha</source>
        <translation>Cartographié, ha</translation>
    </message>
    <message>
        <source>Below: how many of the reference are of this class</source>
        <translation>En dessous : combien de la référence sont de cette classe</translation>
    </message>
    <message>
        <source>{} points</source>
        <translation>{} points</translation>
    </message>
    <message>
        <source>{} pixels</source>
        <translation>{} pixels</translation>
    </message>
    <message>
        <source>The tables are on the clipboard.</source>
        <translation>Les tableaux sont dans le presse-papiers.</translation>
    </message>
    <message>
        <source>Save tables</source>
        <translation>Enregistrer les tableaux</translation>
    </message>
    <message>
        <source>{} exists. Replace it?</source>
        <translation>{} existe déjà. Le remplacer ?</translation>
    </message>
    <message>
        <source>Replace file?</source>
        <translation>Remplacer le fichier ?</translation>
    </message>
    <message>
        <source>{0} cannot be written ({1}); choose another folder.</source>
        <translation>{0} ne peut pas être écrit ({1}) ; choisissez un autre dossier.</translation>
    </message>
    <message>
        <source>The tables are in {0}: {1}.</source>
        <translation>Les tableaux sont dans {0} : {1}.</translation>
    </message>
</context>
<context>
    <name>AccuracyTables</name>
    <message>
        <source>Class</source>
        <translation>Classe</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>Référence</translation>
    </message>
    <message>
        <source>User's accuracy, %</source>
        <translation>Exactitude de l’utilisateur, %</translation>
    </message>
    <message>
        <source>Producer's accuracy, %</source>
        <translation>Exactitude du producteur, %</translation>
    </message>
    <message>
        <source>Mapped, ha</source>
        <translation>Cartographié, ha</translation>
    </message>
    <message>
        <source>Estimated, ha</source>
        <translation>Estimé, ha</translation>
    </message>
    <message>
        <source>map ↓  reference →</source>
        <translation>carte ↓  référence →</translation>
    </message>
</context>
<context>
    <name>Algorithm</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
</context>
<context>
    <name>ApplyDialog</name>
    <message>
        <source>Apply a saved model</source>
        <translation>Appliquer un modèle enregistré</translation>
    </message>
    <message>
        <source>Model (*.json)</source>
        <translation>Modèle (*.json)</translation>
    </message>
    <message>
        <source>The NAME_model.json beside an earlier map</source>
        <translation>Le fichier NOM_model.json à côté d’une carte antérieure</translation>
    </message>
    <message>
        <source>The embedding to map; made by the same encoder as the model's</source>
        <translation>Le plongement à cartographier ; fait par le même encodeur que celui du modèle</translation>
    </message>
    <message>
        <source>The map to write</source>
        <translation>La carte à écrire</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modèle</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Carte</translation>
    </message>
    <message>
        <source>Make map</source>
        <translation>Créer la carte</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
</context>
<context>
    <name>Assess</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
    <message>
        <source>Assess map</source>
        <translation>Évaluer une carte</translation>
    </message>
    <message>
        <source>Compares a map with reference data. Random points give accuracies and areas with 95 % intervals (Olofsson et al. 2014); polygons, which are no random sample, give agreement alone.</source>
        <translation>Compare une carte à des données de référence. Des points aléatoires donnent les exactitudes et les surfaces avec intervalles à 95 % (Olofsson et al. 2014) ; des polygones, qui ne sont pas un échantillon aléatoire, donnent seulement la concordance.</translation>
    </message>
    <message>
        <source>A page to read (.html), the same figures for programs (.json), and the overall accuracy.</source>
        <translation>Une page à lire (.html), les mêmes chiffres pour les programmes (.json), et l’exactitude globale.</translation>
    </message>
    <message>
        <source>Draw the points with “Draw reference sample”, which knows how to weigh them.</source>
        <translation>Tirez les points avec « Tirer un échantillon de référence », qui sait comment les pondérer.</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>Référence</translation>
    </message>
    <message>
        <source>Points or polygons whose true class is known; those without a class are left out.</source>
        <translation>Points ou polygones dont la vraie classe est connue ; ceux sans classe sont ignorés.</translation>
    </message>
    <message>
        <source>Class field</source>
        <translation>Champ de classe</translation>
    </message>
    <message>
        <source>The field that holds the true class, by its name or its value on the map; blank: class.</source>
        <translation>Le champ qui contient la vraie classe, par son nom ou par sa valeur sur la carte ; vide : class.</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>Rapport</translation>
    </message>
    <message>
        <source>The page to write.</source>
        <translation>La page à écrire.</translation>
    </message>
    <message>
        <source>Figures</source>
        <translation>Chiffres</translation>
    </message>
    <message>
        <source>The same for programs.</source>
        <translation>La même chose pour les programmes.</translation>
    </message>
    <message>
        <source>Overall accuracy, 0 to 1</source>
        <translation>Exactitude globale, de 0 à 1</translation>
    </message>
    <message>
        <source>Lower end of its 95 % interval</source>
        <translation>Borne inférieure de son intervalle à 95 %</translation>
    </message>
    <message>
        <source>Upper end of its 95 % interval</source>
        <translation>Borne supérieure de son intervalle à 95 %</translation>
    </message>
    <message>
        <source>Points or pixels compared</source>
        <translation>Points ou pixels comparés</translation>
    </message>
    <message>
        <source>What was compared: points or pixels</source>
        <translation>Ce qui a été comparé : points ou pixels</translation>
    </message>
    <message>
        <source>Overall accuracy {} from {} {}.</source>
        <translation>Exactitude globale {} sur {} {}.</translation>
    </message>
</context>
<context>
    <name>Assessment</name>
    <message>
        <source>Assessing the map</source>
        <translation>Évaluation de la carte</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Annulé.</translation>
    </message>
    <message>
        <source>The layer could not be copied for the worker ({}); save it as a GeoPackage and take that.</source>
        <translation>La couche n'a pas pu être copiée pour le processus de calcul ({}) ; enregistrez-la en GeoPackage et prenez celui-ci.</translation>
    </message>
    <message>
        <source>Writing the report</source>
        <translation>Écriture du rapport</translation>
    </message>
    <message>
        <source>Edits that are not saved yet count: {}. Save them to keep them.</source>
        <translation>Les modifications non enregistrées comptent : {}. Enregistrez-les pour les garder.</translation>
    </message>
</context>
<context>
    <name>BandTable</name>
    <message>
        <source>coastal aerosol</source>
        <translation>aérosols côtiers</translation>
    </message>
    <message>
        <source>blue</source>
        <translation>bleu</translation>
    </message>
    <message>
        <source>green</source>
        <translation>vert</translation>
    </message>
    <message>
        <source>red</source>
        <translation>rouge</translation>
    </message>
    <message>
        <source>red edge 1</source>
        <translation>red edge 1</translation>
    </message>
    <message>
        <source>red edge 2</source>
        <translation>red edge 2</translation>
    </message>
    <message>
        <source>red edge 3</source>
        <translation>red edge 3</translation>
    </message>
    <message>
        <source>near infrared</source>
        <translation>proche infrarouge</translation>
    </message>
    <message>
        <source>narrow near infrared</source>
        <translation>proche infrarouge étroit</translation>
    </message>
    <message>
        <source>water vapour</source>
        <translation>vapeur d’eau</translation>
    </message>
    <message>
        <source>cirrus</source>
        <translation>cirrus</translation>
    </message>
    <message>
        <source>shortwave infrared 1</source>
        <translation>infrarouge court 1</translation>
    </message>
    <message>
        <source>shortwave infrared 2</source>
        <translation>infrarouge court 2</translation>
    </message>
    <message>
        <source>scene classification</source>
        <translation>classification de scène</translation>
    </message>
    <message>
        <source>Which band of Sentinel-2 each band of the layer is: the model tells them apart</source>
        <translation>À quelle bande de Sentinel-2 correspond chaque bande de la couche : le modèle les distingue</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Couche</translation>
    </message>
    <message>
        <source>Sentinel-2</source>
        <translation>Sentinel-2</translation>
    </message>
    <message>
        <source>Use these bands</source>
        <translation>Utiliser ces bandes</translation>
    </message>
    <message>
        <source>Embed the layer with its bands as chosen in the table</source>
        <translation>Calculer le plongement avec les bandes choisies dans le tableau</translation>
    </message>
    <message>
        <source>Read them from the file</source>
        <translation>Les lire dans le fichier</translation>
    </message>
    <message>
        <source>Forget what the table says and go by the names in the file</source>
        <translation>Oublier ce que dit le tableau et suivre les noms du fichier</translation>
    </message>
    <message>
        <source>not used</source>
        <translation>non utilisée</translation>
    </message>
    <message>
        <source>{} is chosen twice.</source>
        <translation>{} est choisie deux fois.</translation>
    </message>
    <message>
        <source>Choose what the bands are.</source>
        <translation>Choisissez ce que sont les bandes.</translation>
    </message>
    <message>
        <source>Used as chosen here.</source>
        <translation>Utilisées comme choisies ici.</translation>
    </message>
    <message>
        <source>A guess from the number of bands. Check each one, then confirm.</source>
        <translation>Deviné d’après le nombre de bandes. Vérifiez chacune, puis confirmez.</translation>
    </message>
    <message>
        <source>Recognised; change only what is wrong, then confirm.</source>
        <translation>Reconnu ; ne changez que ce qui est faux, puis confirmez.</translation>
    </message>
</context>
<context>
    <name>BasePython</name>
    <message>
        <source>Install it, on Debian and Ubuntu with “sudo apt install python3-venv”, and try again.</source>
        <translation>Installez-le, sous Debian et Ubuntu avec « sudo apt install python3-venv », et réessayez.</translation>
    </message>
    <message>
        <source>Install Python 3.12 (64-bit) from python.org, and try again.</source>
        <translation>Installez Python 3.12 (64 bits) depuis python.org, et réessayez.</translation>
    </message>
    <message>
        <source>No Python 3.11 or newer that can make environments was found on this computer.</source>
        <translation>Aucun Python 3.11 ou plus récent capable de créer des environnements n’a été trouvé sur cet ordinateur.</translation>
    </message>
</context>
<context>
    <name>CacheDialog</name>
    <message>
        <source>Cache of embeddings</source>
        <translation>Cache des plongements</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Couche</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Taille</translation>
    </message>
    <message>
        <source>Last used</source>
        <translation>Dernier usage</translation>
    </message>
    <message>
        <source>State</source>
        <translation>État</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Ouvrir</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Supprimer</translation>
    </message>
    <message>
        <source>Remove all…</source>
        <translation>Tout supprimer…</translation>
    </message>
    <message>
        <source>Add the selected embeddings to the project</source>
        <translation>Ajouter au projet les plongements sélectionnés</translation>
    </message>
    <message>
        <source>Delete the selected embeddings</source>
        <translation>Supprimer les plongements sélectionnés</translation>
    </message>
    <message>
        <source>Delete all that no layer of the project uses</source>
        <translation>Supprimer tous ceux qu’aucune couche du projet n’utilise</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>utilisé</translation>
    </message>
    <message>
        <source>finished</source>
        <translation>terminé</translation>
    </message>
    <message>
        <source>unfinished</source>
        <translation>inachevé</translation>
    </message>
    <message>
        <source>{0} of at most {1} in {2}</source>
        <translation>{0} sur {1} au plus, dans {2}</translation>
    </message>
    <message>
        <source>Delete all embeddings in the cache that no layer of the project uses?</source>
        <translation>Supprimer du cache tous les plongements qu’aucune couche du projet n’utilise ?</translation>
    </message>
    <message>
        <source>{} in use and stay; remove their layers first.</source>
        <translation>{} encore utilisés, donc conservés ; retirez d’abord leurs couches.</translation>
    </message>
    <message>
        <source>{} kB</source>
        <translation>{} ko</translation>
    </message>
    <message>
        <source>{} MB</source>
        <translation>{} Mo</translation>
    </message>
    <message>
        <source>{} GB</source>
        <translation>{} Go</translation>
    </message>
</context>
<context>
    <name>Change</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
    <message>
        <source>Map change</source>
        <translation>Cartographier les changements</translation>
    </message>
    <message>
        <source>Maps what became what between two dates or years of a place, with one model of classes on both.</source>
        <translation>Cartographie ce qui est devenu quoi entre deux dates ou années d'un lieu, avec un seul modèle de classes pour les deux.</translation>
    </message>
    <message>
        <source>A raster of changes in the colours of what the land is now, and where asked a matrix in hectares and the distance of the embeddings.</source>
        <translation>Un raster des changements dans les couleurs de ce que le terrain est maintenant et, sur demande, une matrice en hectares et la distance des plongements.</translation>
    </message>
    <message>
        <source>The errors of both dates show as change. How much really changed tell “Draw reference sample” and “Assess map”, which take this map; choose dates of one season.</source>
        <translation>Les erreurs des deux dates apparaissent comme changement. Ce qui a vraiment changé, « Tirer un échantillon de référence » et « Évaluer une carte », qui acceptent cette carte, le disent ; choisissez des dates de la même saison.</translation>
    </message>
    <message>
        <source>Embedding before</source>
        <translation>Plongement avant</translation>
    </message>
    <message>
        <source>A raster made by “Embed layer” of the earlier date. The map has its pixels.</source>
        <translation>Un raster fait par « Calculer le plongement », de la date antérieure. La carte a ses pixels.</translation>
    </message>
    <message>
        <source>… or working set before</source>
        <translation>… ou jeu de travail avant</translation>
    </message>
    <message>
        <source>Instead of an embedding: several dates or places that “Gather working set” put together.</source>
        <translation>Au lieu d’un plongement : plusieurs dates ou lieux réunis par « Rassembler un jeu de travail ».</translation>
    </message>
    <message>
        <source>Embedding after</source>
        <translation>Plongement après</translation>
    </message>
    <message>
        <source>One of the later date, made by the same model.</source>
        <translation>Un de la date ultérieure, fait par le même modèle.</translation>
    </message>
    <message>
        <source>… or working set after</source>
        <translation>… ou jeu de travail après</translation>
    </message>
    <message>
        <source>Instead of an embedding: the same places later. Images are compared with those of their season.</source>
        <translation>Au lieu d’un plongement : les mêmes lieux plus tard. Les images sont comparées à celles de leur saison.</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Lissage</translation>
    </message>
    <message>
        <source>How much its neighbours say in a pixel's class on each date: none; edges, where no edge lies between, so that roads and rivers stay; strong, also across faint edges.</source>
        <translation>Ce que les voisins disent de la classe d'un pixel à chaque date : none, rien ; edges, là où aucun bord ne les sépare, pour que routes et rivières restent ; strong, aussi à travers des bords faibles.</translation>
    </message>
    <message>
        <source>Probability needed for a change</source>
        <translation>Probabilité requise pour un changement</translation>
    </message>
    <message>
        <source>What is less probable on one of the dates is called unsure, for example 0.6; blank: every difference is a change.</source>
        <translation>Ce qui est moins probable à l'une des dates s'appelle unsure (incertain), par exemple 0.6 ; vide : chaque différence est un changement.</translation>
    </message>
    <message>
        <source>Changes shown apart</source>
        <translation>Changements montrés à part</translation>
    </message>
    <message>
        <source>So many of the largest changes get a value of their own; the rest is called other change.</source>
        <translation>Autant des plus grands changements reçoivent une valeur propre ; le reste s'appelle other change (autre changement).</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Changement</translation>
    </message>
    <message>
        <source>The map to write.</source>
        <translation>La carte à écrire.</translation>
    </message>
    <message>
        <source>Distance of the embeddings</source>
        <translation>Distance des plongements</translation>
    </message>
    <message>
        <source>The raster to write of how unlike the two embeddings are, if it is wanted; it needs no classes.</source>
        <translation>Le raster à écrire de la dissemblance des deux plongements, s'il est voulu ; il n'a pas besoin de classes.</translation>
    </message>
    <message>
        <source>Matrix in hectares</source>
        <translation>Matrice en hectares</translation>
    </message>
    <message>
        <source>The table to write of what each class was and is, if it is wanted.</source>
        <translation>Le tableau à écrire de ce que chaque classe était et est, s'il est voulu.</translation>
    </message>
    <message>
        <source>For working sets of several places, in place of a map: the folder to write the map of each place into, and in its folder “distance” the distances of each, where they are wanted.</source>
        <translation>Pour des jeux de travail de plusieurs lieux, au lieu d’une carte : le dossier où écrire la carte de chaque lieu, et dans son dossier « distance » les distances de chacun, si elles sont voulues.</translation>
    </message>
    <message>
        <source>Hectares mapped as changed</source>
        <translation>Hectares cartographiés comme changés</translation>
    </message>
    <message>
        <source>Hectares mapped as unchanged</source>
        <translation>Hectares cartographiés comme inchangés</translation>
    </message>
    <message>
        <source>Hectares that are unsure</source>
        <translation>Hectares incertains</translation>
    </message>
    <message>
        <source>Hectares of each change</source>
        <translation>Hectares de chaque changement</translation>
    </message>
    <message>
        <source>What to compare is not said, or twice; choose an embedding or a working set, each time.</source>
        <translation>Ce qui est à comparer n'est pas indiqué, ou l'est deux fois ; choisissez chaque fois un embedding ou un jeu de travail.</translation>
    </message>
    <message>
        <source>{} ha changed, {} ha did not.</source>
        <translation>{} ha ont changé, {} ha non.</translation>
    </message>
</context>
<context>
    <name>ChangeDialog</name>
    <message>
        <source>Change between two dates</source>
        <translation>Changement entre deux dates</translation>
    </message>
    <message>
        <source>{} exists. Replace it?</source>
        <translation>{} existe déjà. Le remplacer ?</translation>
    </message>
    <message>
        <source>Replace file?</source>
        <translation>Remplacer le fichier ?</translation>
    </message>
    <message>
        <source>Model (*.json)</source>
        <translation>Modèle (*.json)</translation>
    </message>
    <message>
        <source>GeoTIFF (*.tif)</source>
        <translation>GeoTIFF (*.tif)</translation>
    </message>
    <message>
        <source>Only changes that are probable on both dates by at least</source>
        <translation>Seulement les changements probables aux deux dates, à au moins</translation>
    </message>
    <message>
        <source>The errors of both maps show as change; what is less sure is called unsure</source>
        <translation>Les erreurs des deux cartes apparaissent comme changement ; ce qui est moins sûr est dit incertain</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>Avant</translation>
    </message>
    <message>
        <source>The earlier image; the map has its pixels</source>
        <translation>L’image la plus ancienne ; la carte a ses pixels</translation>
    </message>
    <message>
        <source>After</source>
        <translation>Après</translation>
    </message>
    <message>
        <source>A later image of the place, best of one season</source>
        <translation>Une image ultérieure du lieu, de préférence de la même saison</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Classes</translation>
    </message>
    <message>
        <source>What the classes are learned from</source>
        <translation>Ce dont les classes sont apprises</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modèle</translation>
    </message>
    <message>
        <source>The model that was saved beside an earlier map</source>
        <translation>Le modèle enregistré à côté d’une carte précédente</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Fichier</translation>
    </message>
    <message>
        <source>The map to write, with its style beside it</source>
        <translation>La carte à écrire, avec son style à côté</translation>
    </message>
    <message>
        <source>Map change</source>
        <translation>Cartographier les changements</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Stop; no unfinished map is left behind</source>
        <translation>Arrêter ; aucune carte inachevée ne reste</translation>
    </message>
    <message>
        <source>Samples in work, as drawn on the image before</source>
        <translation>Échantillons utilisés, tels que dessinés sur l’image d’avant</translation>
    </message>
    <message>
        <source>Samples in work, as drawn on the image after</source>
        <translation>Échantillons utilisés, tels que dessinés sur l’image d’après</translation>
    </message>
    <message>
        <source>Model of {}</source>
        <translation>Modèle de {}</translation>
    </message>
    <message>
        <source>Saved model…</source>
        <translation>Modèle enregistré…</translation>
    </message>
    <message>
        <source>Classify both dates, and map what became what</source>
        <translation>Classer les deux dates et cartographier ce qui est devenu quoi</translation>
    </message>
    <message>
        <source>Embed two dates of a place first.</source>
        <translation>Calculez d’abord le plongement de deux dates d’un lieu.</translation>
    </message>
    <message>
        <source>Choose two different images.</source>
        <translation>Choisissez deux images différentes.</translation>
    </message>
    <message>
        <source>The image before ({0}) is later than the one after ({1}); swap them.</source>
        <translation>L’image d’avant ({0}) est plus récente que celle d’après ({1}) ; échangez-les.</translation>
    </message>
    <message>
        <source>Choose the model that was saved beside an earlier map, or draw samples.</source>
        <translation>Choisissez le modèle enregistré à côté d’une carte précédente, ou dessinez des échantillons.</translation>
    </message>
    <message>
        <source>Name the file of the map.</source>
        <translation>Nommez le fichier de la carte.</translation>
    </message>
    <message>
        <source>{} is in the project.</source>
        <translation>{} est dans le projet.</translation>
    </message>
    <message>
        <source>Cancelled; no map was written.</source>
        <translation>Annulé ; aucune carte n’a été écrite.</translation>
    </message>
    <message>
        <source>Save as CSV</source>
        <translation>Enregistrer en CSV</translation>
    </message>
    <message>
        <source>{0} cannot be written ({1}).</source>
        <translation>{0} ne peut pas être écrit ({1}).</translation>
    </message>
</context>
<context>
    <name>ChangeJob</name>
    <message>
        <source>Learning from the samples</source>
        <translation>Apprentissage des échantillons</translation>
    </message>
    <message>
        <source>Comparing both dates</source>
        <translation>Comparaison des deux dates</translation>
    </message>
</context>
<context>
    <name>ChangeTable</name>
    <message>
        <source>Copy table</source>
        <translation>Copier le tableau</translation>
    </message>
    <message>
        <source>The matrix to the clipboard, for a spreadsheet or a document</source>
        <translation>La matrice dans le presse-papiers, pour un tableur ou un document</translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation>Enregistrer en CSV…</translation>
    </message>
    <message>
        <source>The matrix as a file for programs, with full figures</source>
        <translation>La matrice en fichier pour des programmes, avec les chiffres complets</translation>
    </message>
    <message>
        <source>{0} ha changed ({1} %), {2} ha did not.</source>
        <translation>{0} ha ont changé ({1} %), {2} ha non.</translation>
    </message>
    <message>
        <source>{} ha are unsure.</source>
        <translation>{} ha sont incertains.</translation>
    </message>
    <message>
        <source>In rows what it was, in columns what it is, in hectares:</source>
        <translation>En lignes ce que c’était, en colonnes ce que c’est, en hectares :</translation>
    </message>
    <message>
        <source>{0} ha were {1} and are {2}</source>
        <translation>{0} ha étaient {1} et sont {2}</translation>
    </message>
    <message>
        <source>total</source>
        <translation>total</translation>
    </message>
    <message>
        <source>before ↓  after →, ha</source>
        <translation>avant ↓  après →, ha</translation>
    </message>
</context>
<context>
    <name>ClassBox</name>
    <message>
        <source>Samples: {}, {}</source>
        <translation>Échantillons : {}, {}</translation>
    </message>
    <message>
        <source>Add a class</source>
        <translation>Ajouter une classe</translation>
    </message>
    <message>
        <source>Remove the class and its samples; undo brings both back</source>
        <translation>Supprimer la classe et ses échantillons ; annuler ramène les deux</translation>
    </message>
    <message>
        <source>Move the class up, to a smaller key</source>
        <translation>Monter la classe, vers une touche plus petite</translation>
    </message>
    <message>
        <source>Move the class down, to a larger key</source>
        <translation>Descendre la classe, vers une touche plus grande</translation>
    </message>
    <message>
        <source>Import samples, merge classes, load or save a class set</source>
        <translation>Importer des échantillons, fusionner des classes, charger ou enregistrer un jeu de classes</translation>
    </message>
    <message>
        <source>Compare classes: spectra, embedding, how well they can be told apart, samples that are odd</source>
        <translation>Comparer les classes : spectres, plongement, séparabilité, échantillons singuliers</translation>
    </message>
    <message>
        <source>All samples in a table (T): sort, find those that look like another class, relabel, split, erase</source>
        <translation>Tous les échantillons dans un tableau (T) : trier, trouver ceux qui ressemblent à une autre classe, réétiqueter, séparer, effacer</translation>
    </message>
</context>
<context>
    <name>ClassComparison</name>
    <message>
        <source>Choose an embedding and samples to see how classes differ.</source>
        <translation>Choisissez un plongement et des échantillons pour voir en quoi les classes diffèrent.</translation>
    </message>
    <message>
        <source>Comparing the classes …</source>
        <translation>Comparaison des classes …</translation>
    </message>
</context>
<context>
    <name>ClassMenu</name>
    <message>
        <source>Import samples…</source>
        <translation>Importer des échantillons…</translation>
    </message>
    <message>
        <source>Polygons, lines or points of another layer become samples</source>
        <translation>Les polygones, lignes ou points d'une autre couche deviennent des échantillons</translation>
    </message>
    <message>
        <source>Merge into</source>
        <translation>Fusionner dans</translation>
    </message>
    <message>
        <source>Load class set</source>
        <translation>Charger un jeu de classes</translation>
    </message>
    <message>
        <source>Save class set…</source>
        <translation>Enregistrer le jeu de classes…</translation>
    </message>
    <message>
        <source>Names, colours and codes as a file for colleagues and other samples</source>
        <translation>Noms, couleurs et codes dans un fichier, pour des collègues et d'autres échantillons</translation>
    </message>
    <message>
        <source>Merge {} into</source>
        <translation>Fusionner {} dans</translation>
    </message>
    <message>
        <source>From file…</source>
        <translation>Depuis un fichier…</translation>
    </message>
    <message>
        <source>{} is {} now ({} samples); undo takes it back.</source>
        <translation>{} est maintenant {} ({} échantillons) ; annuler le défait.</translation>
    </message>
    <message>
        <source>Class sets (*.json)</source>
        <translation>Jeux de classes (*.json)</translation>
    </message>
    <message>
        <source>{} added</source>
        <translation>{} ajoutées</translation>
    </message>
    <message>
        <source>{} renamed or recoloured</source>
        <translation>{} renommées ou recolorées</translation>
    </message>
    <message>
        <source>{} without samples removed</source>
        <translation>{} sans échantillon retirées</translation>
    </message>
    <message>
        <source>{} others with samples kept</source>
        <translation>{} autres avec échantillons gardées</translation>
    </message>
    <message>
        <source>{} with another map value than their code, which was taken</source>
        <translation>{} avec une autre valeur que leur code, déjà pris</translation>
    </message>
    <message>
        <source>nothing to change</source>
        <translation>rien à changer</translation>
    </message>
    <message>
        <source>Save class set</source>
        <translation>Enregistrer le jeu de classes</translation>
    </message>
    <message>
        <source>{} classes are kept in {}.</source>
        <translation>{} classes sont enregistrées dans {}.</translation>
    </message>
</context>
<context>
    <name>ClassPlots</name>
    <message>
        <source>Compare classes</source>
        <translation>Comparer les classes</translation>
    </message>
    <message>
        <source>reflectance: median and 10–90 %</source>
        <translation>réflectance : médiane et 10–90 %</translation>
    </message>
    <message>
        <source>embedding: median and 10–90 %</source>
        <translation>plongement : médiane et 10–90 %</translation>
    </message>
    <message>
        <source>Spectra</source>
        <translation>Spectres</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Separability</source>
        <translation>Séparabilité</translation>
    </message>
    <message>
        <source>Odd samples</source>
        <translation>Échantillons singuliers</translation>
    </message>
    <message>
        <source>Copy table</source>
        <translation>Copier le tableau</translation>
    </message>
    <message>
        <source>What this page shows as comma-separated values, to paste into a file</source>
        <translation>Ce que montre cette page, en valeurs séparées par des virgules, à coller dans un fichier</translation>
    </message>
    <message>
        <source>Copy picture</source>
        <translation>Copier l’image</translation>
    </message>
    <message>
        <source>What this page shows as a picture, to paste into a document</source>
        <translation>Ce que montre cette page, en image, à coller dans un document</translation>
    </message>
    <message>
        <source>Spectra are shown where the scene of the embedding is in the project and its bands are known.</source>
        <translation>Les spectres s’affichent quand la scène du plongement est dans le projet et que ses bandes sont connues.</translation>
    </message>
    <message>
        <source>too few</source>
        <translation>trop peu</translation>
    </message>
    <message>
        <source>Told apart best on {}</source>
        <translation>Le mieux distinguées le {}</translation>
    </message>
    <message>
        <source>Jeffries–Matusita distance on the embedding: 0 is the same, 2 is never mixed up.</source>
        <translation>Distance de Jeffries–Matusita sur le plongement : 0 = identiques, 2 = jamais confondues.</translation>
    </message>
    <message>
        <source>Each date votes: of two classes that date counts which tells them apart best.</source>
        <translation>Chaque date vote : pour deux classes compte la date qui les distingue le mieux.</translation>
    </message>
    <message>
        <source>Two classes with two samples each are needed.</source>
        <translation>Il faut deux classes de deux échantillons chacune.</translation>
    </message>
    <message>
        <source>All classes are well apart.</source>
        <translation>Toutes les classes sont bien séparées.</translation>
    </message>
    <message>
        <source>Closest are {0} and {1}: more samples of both, where they meet, help most.</source>
        <translation>Les plus proches sont {0} et {1} : d’autres échantillons des deux, là où elles se touchent, aident le plus.</translation>
    </message>
    <message>
        <source>{0} and {1} will be mixed up: draw clearer samples of both, or make them one class.</source>
        <translation>{0} et {1} seront confondues : dessinez des échantillons plus nets des deux, ou faites-en une seule classe.</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>Classe</translation>
    </message>
    <message>
        <source>Looks like</source>
        <translation>Ressemble à</translation>
    </message>
    <message>
        <source>How far off</source>
        <translation>À quelle distance</translation>
    </message>
    <message>
        <source>none of the classes</source>
        <translation>aucune des classes</translation>
    </message>
    <message>
        <source>{} × the usual spread</source>
        <translation>{} × la dispersion habituelle</translation>
    </message>
    <message>
        <source>Samples that are unlike the others of their class. Click one to see it on the map and select it.</source>
        <translation>Échantillons qui ne ressemblent pas aux autres de leur classe. Un clic en montre un sur la carte et le sélectionne.</translation>
    </message>
    <message>
        <source>No sample is unlike the others of its class.</source>
        <translation>Aucun échantillon ne diffère des autres de sa classe.</translation>
    </message>
</context>
<context>
    <name>ClassTable</name>
    <message>
        <source>class {}</source>
        <translation>classe {}</translation>
    </message>
    <message>
        <source>Key of {}</source>
        <translation>Touche de {}</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Touche</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>Classe</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Nombre</translation>
    </message>
    <message>
        <source>Area</source>
        <translation>Surface</translation>
    </message>
    <message>
        <source>{}, value {} in the map</source>
        <translation>{}, valeur {} sur la carte</translation>
    </message>
    <message>
        <source>The colours were not kept in {} ({}); save the layer's style to keep them.</source>
        <translation>Les couleurs n'ont pas été conservées dans {} ({}) ; enregistrez le style de la couche pour les garder.</translation>
    </message>
</context>
<context>
    <name>ClassView</name>
    <message>
        <source>The class you draw; double click its name to change it, its colour to choose another</source>
        <translation>La classe que vous dessinez ; double-cliquez sur son nom pour le changer, sur sa couleur pour en choisir une autre</translation>
    </message>
</context>
<context>
    <name>Classify</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
    <message>
        <source>Share that counts as unknown</source>
        <translation>Part considérée comme inconnue</translation>
    </message>
    <message>
        <source>What is stranger than all but this share of the training pixels is called unknown, for example 0.01; blank: every pixel gets a class.</source>
        <translation>Ce qui est plus étrange que tous les pixels d’apprentissage sauf cette part est dit inconnu, par exemple 0.01 ; vide : chaque pixel reçoit une classe.</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Lissage</translation>
    </message>
    <message>
        <source>How much its neighbours say in a pixel's class: none; edges, where no edge lies between, so that roads and rivers stay; strong, also across faint edges.</source>
        <translation>Ce que ses voisins disent de la classe d’un pixel : none, rien ; edges, là où aucun bord ne les sépare, si bien que routes et rivières restent ; strong, aussi par-dessus les bords faibles.</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>Confiance</translation>
    </message>
    <message>
        <source>The raster of probability and margin to write, if it is wanted.</source>
        <translation>Le raster de probabilité et d’écart à écrire, si on le souhaite.</translation>
    </message>
    <message>
        <source>Pixels with a class</source>
        <translation>Pixels avec une classe</translation>
    </message>
    <message>
        <source>Unknown pixels</source>
        <translation>Pixels inconnus</translation>
    </message>
    <message>
        <source>Share of each class</source>
        <translation>Part de chaque classe</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>inconnu</translation>
    </message>
    <message>
        <source>Classify embedding</source>
        <translation>Classer le plongement</translation>
    </message>
    <message>
        <source>Makes a map of an embedding with the classes that “Fit classes to samples” learned.</source>
        <translation>Fait d’un plongement une carte avec les classes apprises par « Apprendre les classes des échantillons ».</translation>
    </message>
    <message>
        <source>A raster of classes with their names and colours, where asked with a second one of two bands: the probability of the class and its margin over the second.</source>
        <translation>Un raster de classes avec leurs noms et couleurs et, si on le demande, un second à deux bandes : la probabilité de la classe et son écart avec la deuxième.</translation>
    </message>
    <message>
        <source>The model may come from another place or date, when the same encoder made the embeddings; look at the confidence then.</source>
        <translation>Le modèle peut venir d’un autre lieu ou d’une autre date, si le même encodeur a fait les plongements ; regardez alors la confiance.</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Carte</translation>
    </message>
    <message>
        <source>The map to write.</source>
        <translation>La carte à écrire.</translation>
    </message>
    <message>
        <source>For a working set of several places, in place of a map: the folder to write the map of each place into, and in its folder “confidence” the confidence of each, where that is wanted.</source>
        <translation>Pour un jeu de travail de plusieurs lieux, à la place d’une carte : le dossier où écrire la carte de chaque lieu et, dans son dossier « confidence », la confiance de chacun, si elle est voulue.</translation>
    </message>
</context>
<context>
    <name>ClassifyScene</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
    <message>
        <source>Classify scene</source>
        <translation>Classer une scène</translation>
    </message>
    <message>
        <source>Makes a map of a Sentinel-2 image at once with the classes that “Fit classes to samples” learned on another: what “Embed layer” and “Classify embedding” would make, without the embedding, which takes far more disk than the map.</source>
        <translation>Fait en une fois la carte d’une image Sentinel-2 avec les classes que « Apprendre les classes des échantillons » a apprises sur une autre : ce que feraient « Calculer le plongement » et « Classer le plongement », sans le plongement, qui prend bien plus de place sur le disque que la carte.</translation>
    </message>
    <message>
        <source>A raster of classes with their names and colours, where asked with a second one of two bands: the probability of the class and its margin over the second.</source>
        <translation>Un raster de classes avec leurs noms et couleurs et, si on le demande, un second à deux bandes : la probabilité de la classe et son écart avec la deuxième.</translation>
    </message>
    <message>
        <source>Embed the image instead where samples are still to be drawn: then every map of it takes seconds. Work that was stopped is kept: run it again with the same parameters and output.</source>
        <translation>Calculez plutôt le plongement de l’image là où des échantillons restent à dessiner : chaque carte ne prend alors que des secondes. Un travail arrêté est gardé : relancez-le avec les mêmes paramètres et la même sortie.</translation>
    </message>
    <message>
        <source>Model of the embedding</source>
        <translation>Modèle du plongement</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Carte</translation>
    </message>
    <message>
        <source>The map to write.</source>
        <translation>La carte à écrire.</translation>
    </message>
</context>
<context>
    <name>Cluster</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
    <message>
        <source>Cluster embedding</source>
        <translation>Regrouper le plongement</translation>
    </message>
    <message>
        <source>Groups the pixels of an embedding by likeness, without any samples.</source>
        <translation>Regroupe les pixels d’un plongement par ressemblance, sans aucun échantillon.</translation>
    </message>
    <message>
        <source>A raster of clusters, numbered from the largest to the smallest. They have no meaning of their own.</source>
        <translation>Un raster de groupes, numérotés du plus grand au plus petit. Ils n’ont pas de sens par eux-mêmes.</translation>
    </message>
    <message>
        <source>Look at the clusters before you draw samples: they show which classes can be told apart.</source>
        <translation>Regardez les groupes avant de dessiner des échantillons : ils montrent quelles classes peuvent être distinguées.</translation>
    </message>
    <message>
        <source>Number of clusters</source>
        <translation>Nombre de groupes</translation>
    </message>
    <message>
        <source>From 2 to 254.</source>
        <translation>De 2 à 254.</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Graine</translation>
    </message>
    <message>
        <source>The same seed gives the same map.</source>
        <translation>La même graine donne la même carte.</translation>
    </message>
    <message>
        <source>Clusters</source>
        <translation>Groupes</translation>
    </message>
    <message>
        <source>The map to write.</source>
        <translation>La carte à écrire.</translation>
    </message>
    <message>
        <source>For a working set of several places, in place of a map: the folder to write that of each place into.</source>
        <translation>Pour un jeu de travail de plusieurs lieux, au lieu d’une carte : le dossier où écrire celle de chaque lieu.</translation>
    </message>
    <message>
        <source>Share of each cluster</source>
        <translation>Part de chaque groupe</translation>
    </message>
</context>
<context>
    <name>DatesBox</name>
    <message>
        <source>Each date has a model of its own, and they vote where they are clear: a cloud on one hides nothing.</source>
        <translation>Chaque date a son propre modèle, et elles votent là où elles sont claires : un nuage sur l’une ne cache rien.</translation>
    </message>
    <message>
        <source>One model sees all dates at once and can tell classes by how they change; where a date is not clear there is no map.</source>
        <translation>Un seul modèle voit toutes les dates à la fois et peut reconnaître les classes à leur évolution ; là où une date n’est pas claire, il n’y a pas de carte.</translation>
    </message>
    <message>
        <source>each votes</source>
        <translation>chacune vote</translation>
    </message>
    <message>
        <source>joined in one model</source>
        <translation>réunies en un modèle</translation>
    </message>
    <message>
        <source>How the dates of a place decide together: for the live map, validation and the map of the whole</source>
        <translation>Comment les dates d’un lieu décident ensemble : pour la carte en direct, la validation et la carte de l’ensemble</translation>
    </message>
    <message>
        <source>Dates</source>
        <translation>Dates</translation>
    </message>
</context>
<context>
    <name>DiagnosticsButton</name>
    <message>
        <source>Copy versions, settings and logs, without names and passwords</source>
        <translation>Copier versions, réglages et journaux, sans noms ni mots de passe</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Copié</translation>
    </message>
    <message>
        <source>Copy diagnostics</source>
        <translation>Copier le diagnostic</translation>
    </message>
</context>
<context>
    <name>Dock</name>
    <message>
        <source>MMEarth Few-Shot Mapper</source>
        <translation>MMEarth Few-Shot Mapper</translation>
    </message>
    <message>
        <source>Embed</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Échantillons</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Carte</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>The tour needs a Python to compute with: set one up on this page first.</source>
        <translation>La visite a besoin d'un Python pour calculer : configurez-en un d'abord sur cette page.</translation>
    </message>
</context>
<context>
    <name>Embed</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
    <message>
        <source>Embed layer</source>
        <translation>Calculer le plongement</translation>
    </message>
    <message>
        <source>Turns a Sentinel-2 image into an embedding: a raster of 64 learned bands on the same 10 m grid. Every pixel then carries its colour, texture and surroundings, so that a few samples suffice for a map.</source>
        <translation>Transforme une image Sentinel-2 en plongement : un raster de 64 bandes apprises sur la même grille de 10 m. Chaque pixel porte alors sa couleur, sa texture et son environnement, si bien que quelques échantillons suffisent pour une carte.</translation>
    </message>
    <message>
        <source>A GeoTIFF with the bands E00 … E63, drawn in fixed colours, and beside it a STAC item that says how it was made. Embeddings of one model can be compared across scenes and dates.</source>
        <translation>Un GeoTIFF avec les bandes E00 … E63, dessiné en couleurs fixes, et à côté un élément STAC qui dit comment il a été fait. Les plongements d’un même modèle se comparent entre scènes et dates.</translation>
    </message>
    <message>
        <source>Work that was stopped is kept: run it again with the same parameters and output, and it goes on where it stopped.</source>
        <translation>Un travail arrêté est conservé : relancez-le avec les mêmes paramètres et la même sortie, et il reprend où il s’est arrêté.</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modèle</translation>
    </message>
    <message>
        <source>The GeoTIFF to write.</source>
        <translation>Le GeoTIFF à écrire.</translation>
    </message>
    <message>
        <source>Pixels with an embedding</source>
        <translation>Pixels avec un plongement</translation>
    </message>
    <message>
        <source>Share of clipped values</source>
        <translation>Part des valeurs écrêtées</translation>
    </message>
    <message>
        <source>Name of the model</source>
        <translation>Nom du modèle</translation>
    </message>
    <message>
        <source>Identifier of the model</source>
        <translation>Identifiant du modèle</translation>
    </message>
    <message>
        <source>STAC item</source>
        <translation>Élément STAC</translation>
    </message>
    <message>
        <source>{} Mpx embedded with {} in {} s; {} % of values clipped.</source>
        <translation>{} Mpx traités avec {} en {} s ; {} % des valeurs écrêtées.</translation>
    </message>
    <message>
        <source>Sentinel-2 layer</source>
        <translation>Couche Sentinel-2</translation>
    </message>
    <message>
        <source>A raster file with at least four Sentinel-2 bands, recognised by their names.</source>
        <translation>Un fichier raster avec au moins quatre bandes Sentinel-2, reconnues à leurs noms.</translation>
    </message>
    <message>
        <source>… or Sentinel-2 product</source>
        <translation>… ou produit Sentinel-2</translation>
    </message>
    <message>
        <source>Sentinel-2 products (*.zip *.json *.xml);;All files (*)</source>
        <translation>Produits Sentinel-2 (*.zip *.json *.xml);;Tous les fichiers (*)</translation>
    </message>
    <message>
        <source>Instead of a layer: the zip of a product, or a STAC item (.json).</source>
        <translation>Au lieu d’une couche : le zip d’un produit, ou un élément STAC (.json).</translation>
    </message>
    <message>
        <source>… or folder</source>
        <translation>… ou dossier</translation>
    </message>
    <message>
        <source>Instead of both: the .SAFE folder of a product, or a folder of single-band files.</source>
        <translation>Au lieu des deux : le dossier .SAFE d’un produit, ou un dossier de fichiers à une bande.</translation>
    </message>
    <message>
        <source>Extent</source>
        <translation>Emprise</translation>
    </message>
    <message>
        <source>Only this part is embedded; by default everything.</source>
        <translation>Seule cette partie est traitée ; par défaut, tout.</translation>
    </message>
    <message>
        <source>Area of interest</source>
        <translation>Zone d’intérêt</translation>
    </message>
    <message>
        <source>Only pixels inside these polygons are embedded.</source>
        <translation>Seuls les pixels dans ces polygones sont traités.</translation>
    </message>
    <message>
        <source>Processing level</source>
        <translation>Niveau de traitement</translation>
    </message>
    <message>
        <source>L1C is top-of-atmosphere, L2A surface reflectance; auto reads it from the metadata.</source>
        <translation>L1C est au sommet de l’atmosphère, L2A la réflectance de surface ; auto le lit dans les métadonnées.</translation>
    </message>
    <message>
        <source>Coordinate reference system</source>
        <translation>Système de coordonnées de référence</translation>
    </message>
    <message>
        <source>That of a product or folder whose files have none; a layer has its own.</source>
        <translation>Celui d’un produit ou dossier dont les fichiers n’en ont pas ; une couche a le sien.</translation>
    </message>
    <message>
        <source>Bands</source>
        <translation>Bandes</translation>
    </message>
    <message>
        <source>What the layer's bands are when their names do not say it, for example B02,B03,B04,B08.</source>
        <translation>Ce que sont les bandes de la couche quand leurs noms ne le disent pas, par exemple B02,B03,B04,B08.</translation>
    </message>
    <message>
        <source>Offset</source>
        <translation>Décalage</translation>
    </message>
    <message>
        <source>Added to reflectance × 10000: -1000 (reflectance -0.1) for products of baseline 04.00 and later, else 0; blank: from the metadata.</source>
        <translation>Ajouté à la réflectance × 10000 : -1000 (réflectance -0,1) pour les produits de baseline 04.00 et suivantes, sinon 0 ; vide : d'après les métadonnées.</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Échelle</translation>
    </message>
    <message>
        <source>Reflectance of one raw unit, for example 0.0001; blank: from the metadata.</source>
        <translation>Réflectance d’une unité brute, par exemple 0.0001 ; vide : selon les métadonnées.</translation>
    </message>
    <message>
        <source>Mask</source>
        <translation>Masque</translation>
    </message>
    <message>
        <source>A raster of pixels to leave out, clouds for example.</source>
        <translation>Un raster des pixels à laisser de côté, des nuages par exemple.</translation>
    </message>
    <message>
        <source>Mask values</source>
        <translation>Valeurs du masque</translation>
    </message>
    <message>
        <source>Values of the mask that are left out, for example 3,8,9,10, or a range such as 40-100; blank: what a known mask (SCL, Fmask, MAJA) calls cloud, else all but 0.</source>
        <translation>Valeurs du masque à écarter, par exemple 3,8,9,10, ou un intervalle comme 40-100 ; vide : ce qu'un masque connu (SCL, Fmask, MAJA) appelle nuage, sinon tout sauf 0.</translation>
    </message>
    <message>
        <source>Mask bits</source>
        <translation>Bits du masque</translation>
    </message>
    <message>
        <source>Bits of the mask that are left out if it is a bit field: numbers from 0, or names such as cloud.</source>
        <translation>Bits du masque à écarter s'il est un champ de bits : numéros à partir de 0, ou noms comme cloud.</translation>
    </message>
    <message>
        <source>Leave out clouds</source>
        <translation>Exclure les nuages</translation>
    </message>
    <message>
        <source>Leaves out what the product's scene classification calls cloud, shadow or cirrus.</source>
        <translation>Exclut ce que la classification de scène du produit appelle nuage, ombre ou cirrus.</translation>
    </message>
    <message>
        <source>Models (*.onnx *.safetensors);;All files (*)</source>
        <translation>Modèles (*.onnx *.safetensors);;Tous les fichiers (*)</translation>
    </message>
    <message>
        <source>Name or file of a model; blank: the one chosen in the options of MMEarth.</source>
        <translation>Nom ou fichier d’un modèle ; vide : celui choisi dans les options de MMEarth.</translation>
    </message>
    <message>
        <source>Backend</source>
        <translation>Moteur</translation>
    </message>
    <message>
        <source>What runs the model: onnx on the processor, or torch on a graphics card.</source>
        <translation>Ce qui exécute le modèle : onnx sur le processeur, ou torch sur une carte graphique.</translation>
    </message>
    <message>
        <source>Tile</source>
        <translation>Tuile</translation>
    </message>
    <message>
        <source>Side in pixels of what is computed at once; smaller needs less memory. Blank: what suits 2 GB.</source>
        <translation>Côté en pixels de ce qui est calculé d’un coup ; plus petit demande moins de mémoire. Vide : ce qui convient à 2 Go.</translation>
    </message>
    <message>
        <source>Halo</source>
        <translation>Marge (halo)</translation>
    </message>
    <message>
        <source>Context in pixels around each tile, or “exact”; blank: what the model needs.</source>
        <translation>Contexte en pixels autour de chaque tuile, ou « exact » ; vide : ce qu’il faut au modèle.</translation>
    </message>
    <message>
        <source>Go on with an interrupted run</source>
        <translation>Reprendre un calcul interrompu</translation>
    </message>
    <message>
        <source>Uses the tiles that an interrupted run with the same parameters has finished.</source>
        <translation>Utilise les tuiles qu’un calcul interrompu avec les mêmes paramètres a terminées.</translation>
    </message>
    <message>
        <source>What to embed is not said, or more than once; choose a Sentinel-2 layer, a product or a folder.</source>
        <translation>Ce qui est à traiter n'est pas indiqué, ou l'est plus d'une fois ; choisissez une couche Sentinel-2, un produit ou un dossier.</translation>
    </message>
    <message>
        <source>“{}” is an embedding already; choose the Sentinel-2 layer.</source>
        <translation>« {} » est déjà un plongement ; choisissez la couche Sentinel-2.</translation>
    </message>
    <message>
        <source>“{}” has too few bands ({}); choose a layer with at least {} Sentinel-2 bands.</source>
        <translation>« {} » a trop peu de bandes ({}) ; choisissez une couche avec au moins {} bandes Sentinel-2.</translation>
    </message>
    <message>
        <source>“{}” has {} bands, and {} are named; name each of them, in their order.</source>
        <translation>« {} » a {} bandes, et {} sont nommées ; nommez chacune d’elles, dans leur ordre.</translation>
    </message>
    <message>
        <source>“{0}” is in {1}, and {2} was chosen; leave it blank, or set that of the layer.</source>
        <translation>« {0} » est en {1}, et {2} a été choisi ; laissez-le vide, ou changez celui de la couche.</translation>
    </message>
    <message>
        <source>There are mask values but no mask; choose the raster that holds them.</source>
        <translation>Il y a des valeurs de masque mais pas de masque ; choisissez le raster qui les contient.</translation>
    </message>
    <message>
        <source>The mask values are not understood; write numbers or ranges with commas between, as 3,8 or 40-100.</source>
        <translation>Les valeurs du masque ne sont pas comprises ; écrivez des nombres ou des intervalles séparés par des virgules, comme 3,8 ou 40-100.</translation>
    </message>
    <message>
        <source>There are mask bits but no mask; choose the raster that holds them.</source>
        <translation>Il y a des bits de masque mais pas de masque ; choisissez le raster qui les contient.</translation>
    </message>
    <message>
        <source>Mask values and mask bits say the same thing twice; give one of them.</source>
        <translation>Les valeurs et les bits du masque disent deux fois la même chose ; donnez l'un des deux.</translation>
    </message>
    <message>
        <source>“{}” is no halo; write a number of pixels or the word exact.</source>
        <translation>« {} » n'est pas un halo ; écrivez un nombre de pixels ou le mot exact.</translation>
    </message>
</context>
<context>
    <name>EmbedForm</name>
    <message>
        <source>No layer of polygons is chosen; choose one, or another area.</source>
        <translation>Aucune couche de polygones n'est choisie ; choisissez-en une, ou une autre zone.</translation>
    </message>
    <message>
        <source>Area</source>
        <translation>Zone</translation>
    </message>
    <message>
        <source>Whole layer</source>
        <translation>Toute la couche</translation>
    </message>
    <message>
        <source>What the map shows</source>
        <translation>Ce que montre la carte</translation>
    </message>
    <message>
        <source>Inside polygons</source>
        <translation>Dans des polygones</translation>
    </message>
    <message>
        <source>Embed every pixel of the layer</source>
        <translation>Traiter chaque pixel de la couche</translation>
    </message>
    <message>
        <source>Embed the pixels that the map shows now</source>
        <translation>Traiter les pixels que la carte montre en ce moment</translation>
    </message>
    <message>
        <source>Embed the pixels inside the selected polygons, or all when none is</source>
        <translation>Traiter les pixels dans les polygones sélectionnés, ou dans tous si aucun ne l’est</translation>
    </message>
    <message>
        <source>The layer with the polygons</source>
        <translation>La couche qui contient les polygones</translation>
    </message>
    <message>
        <source>Bands</source>
        <translation>Bandes</translation>
    </message>
    <message>
        <source>Level, offset, unit</source>
        <translation>Niveau, décalage, unité</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatique</translation>
    </message>
    <message>
        <source>L1C – top of atmosphere</source>
        <translation>L1C – sommet de l’atmosphère</translation>
    </message>
    <message>
        <source>L2A – surface reflectance</source>
        <translation>L2A – réflectance de surface</translation>
    </message>
    <message>
        <source>0 – none, or removed</source>
        <translation>0 – aucun, ou déjà retiré</translation>
    </message>
    <message>
        <source>−1000 (reflectance −0.1) – to be removed</source>
        <translation>−1000 (réflectance −0,1) – encore à retirer</translation>
    </message>
    <message>
        <source>Reflectance × 10 000</source>
        <translation>Réflectance × 10 000</translation>
    </message>
    <message>
        <source>Reflectance × 1000</source>
        <translation>Réflectance × 1000</translation>
    </message>
    <message>
        <source>Percent</source>
        <translation>Pour cent</translation>
    </message>
    <message>
        <source>Reflectance, 0 … 1</source>
        <translation>Réflectance, 0 … 1</translation>
    </message>
    <message>
        <source>The processing level of the Sentinel-2 product</source>
        <translation>Le niveau de traitement du produit Sentinel-2</translation>
    </message>
    <message>
        <source>Products of baseline 04.00 (January 2022) and later carry 1000 (reflectance 0.1) in their values</source>
        <translation>Les produits de baseline 04.00 (janvier 2022) et suivantes ont 1000 (réflectance 0,1) de plus dans leurs valeurs</translation>
    </message>
    <message>
        <source>The unit of the values</source>
        <translation>L’unité des valeurs</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Niveau</translation>
    </message>
    <message>
        <source>Offset</source>
        <translation>Décalage</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>Unité</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>Avancé</translation>
    </message>
    <message>
        <source>Models (*.onnx *.safetensors)</source>
        <translation>Modèles (*.onnx *.safetensors)</translation>
    </message>
    <message>
        <source>Default model</source>
        <translation>Modèle par défaut</translation>
    </message>
    <message>
        <source>A file or name of another model than the default one</source>
        <translation>Fichier ou nom d’un autre modèle que celui par défaut</translation>
    </message>
    <message>
        <source>GeoTIFF (*.tif)</source>
        <translation>GeoTIFF (*.tif)</translation>
    </message>
    <message>
        <source>In the cache</source>
        <translation>Dans le cache</translation>
    </message>
    <message>
        <source>Where to write the embedding; in the cache it is found again by itself</source>
        <translation>Où écrire le plongement ; dans le cache, il est retrouvé automatiquement</translation>
    </message>
    <message>
        <source>Leave out clouds and shadows</source>
        <translation>Exclure nuages et ombres</translation>
    </message>
    <message>
        <source>By the scene classification (SCL) of the layer, where it has one</source>
        <translation>Selon la classification de scène (SCL) de la couche, si elle en a une</translation>
    </message>
    <message>
        <source>Follow what the layer refers to</source>
        <translation>Suivre les renvois de la couche</translation>
    </message>
    <message>
        <source>Read also files in other folders and on the network that a VRT names; for a layer you know only</source>
        <translation>Lire aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ; seulement pour une couche dont vous connaissez l’origine</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modèle</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Fichier</translation>
    </message>
</context>
<context>
    <name>EmbedJob</name>
    <message>
        <source>Embedding, so far</source>
        <translation>Plongement en cours</translation>
    </message>
    <message>
        <source>Looking at {}…</source>
        <translation>Examen de {}…</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Arrêt…</translation>
    </message>
    <message>
        <source>Embed {}</source>
        <translation>Plongement de {}</translation>
    </message>
    <message>
        <source>The folder for the embedding of {0} cannot be made ({1}); choose another place for it.</source>
        <translation>Le dossier pour l'embedding de {0} n'a pas pu être créé ({1}) ; choisissez un autre emplacement.</translation>
    </message>
    <message>
        <source>Going on: {0} of {1} tiles are done.</source>
        <translation>Reprise : {0} tuiles sur {1} sont faites.</translation>
    </message>
    <message>
        <source>Embedding {}…</source>
        <translation>Plongement de {}…</translation>
    </message>
    <message>
        <source>{} was written but cannot be opened; embed the layer again.</source>
        <translation>{} a été écrit mais ne s’ouvre pas ; recalculez le plongement de la couche.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>{} Mpx/s</source>
        <translation>{} Mpx/s</translation>
    </message>
    <message>
        <source>{} left</source>
        <translation>reste {}</translation>
    </message>
</context>
<context>
    <name>EmbedPanel</name>
    <message>
        <source>The Sentinel-2 layer to embed</source>
        <translation>La couche Sentinel-2 dont on calcule le plongement</translation>
    </message>
    <message>
        <source>{} cannot be embedded; choose a Sentinel-2 raster.</source>
        <translation>Le plongement de {} ne peut pas être calculé ; choisissez un raster Sentinel-2.</translation>
    </message>
    <message>
        <source>{} is being written already; choose another file.</source>
        <translation>{} est déjà en cours d’écriture ; choisissez un autre fichier.</translation>
    </message>
    <message>
        <source>{} exists. Replace it?</source>
        <translation>{} existe déjà. Le remplacer ?</translation>
    </message>
    <message>
        <source>Replace file?</source>
        <translation>Remplacer le fichier ?</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Couche</translation>
    </message>
    <message>
        <source>Embed layer</source>
        <translation>Calculer le plongement</translation>
    </message>
    <message>
        <source>Compute the embedding of the layer, or open it if it is in the cache</source>
        <translation>Calculer le plongement de la couche, ou l’ouvrir s’il est dans le cache</translation>
    </message>
    <message>
        <source>Draw samples</source>
        <translation>Dessiner des échantillons</translation>
    </message>
    <message>
        <source>The next step: draw what you know, in a new sample layer unless there is one</source>
        <translation>L’étape suivante : dessiner ce que vous connaissez, dans une nouvelle couche s’il n’y en a pas</translation>
    </message>
    <message>
        <source>Add a Sentinel-2 raster to the project to begin.</source>
        <translation>Pour commencer, ajoutez un raster Sentinel-2 au projet.</translation>
    </message>
    <message>
        <source>The environment that computes embeddings is not set up yet.</source>
        <translation>L’environnement qui calcule les plongements n’est pas encore configuré.</translation>
    </message>
    <message>
        <source>{} has too few bands for a Sentinel-2 scene ({} of at least {}); choose another layer.</source>
        <translation>{} a trop peu de bandes pour une scène Sentinel-2 ({} sur au moins {}) ; choisissez une autre couche.</translation>
    </message>
    <message>
        <source>Looking at {}…</source>
        <translation>Examen de {}…</translation>
    </message>
    <message>
        <source>{0} of {1} bands · {2} · offset {3}</source>
        <translation>{0} bandes sur {1} · {2} · décalage {3}</translation>
    </message>
    <message>
        <source>{0} × {1} px</source>
        <translation>{0} × {1} px</translation>
    </message>
    <message>
        <source>about {}</source>
        <translation>environ {}</translation>
    </message>
    <message>
        <source>Filled: {}</source>
        <translation>Complété : {}</translation>
    </message>
    <message>
        <source>Already embedded – opens at once.</source>
        <translation>Plongement déjà calculé – s’ouvre aussitôt.</translation>
    </message>
    <message>
        <source>{0} of {1} tiles are done – goes on there.</source>
        <translation>{0} tuiles sur {1} sont faites – reprend là.</translation>
    </message>
    <message>
        <source>This layer is being embedded, or waits for it; choose another to embed it next</source>
        <translation>Le plongement de cette couche est en calcul ou attend son tour ; choisissez une autre couche pour la suite</translation>
    </message>
    <message>
        <source>Embed the layer when those before it are done; nothing has to be waited for here</source>
        <translation>Calculer le plongement de la couche après les précédentes ; rien à attendre ici</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Réessayer</translation>
    </message>
    <message>
        <source>Embed next</source>
        <translation>Calculer ensuite</translation>
    </message>
    <message>
        <source>{} is embedded. Its project was closed; the embedding is kept.</source>
        <translation>Le plongement de {} est calculé. Son projet a été fermé ; le plongement est conservé.</translation>
    </message>
    <message>
        <source>{} was embedded before: opened from the cache.</source>
        <translation>Plongement de {} déjà calculé : ouvert depuis le cache.</translation>
    </message>
    <message>
        <source>{} is embedded.</source>
        <translation>Le plongement de {} est calculé.</translation>
    </message>
    <message>
        <source>{0} cancelled. Finished tiles ({1}) are kept; embed the layer again to go on.</source>
        <translation>{0} annulé. Les tuiles terminées ({1}) sont gardées ; relancez le calcul pour continuer.</translation>
    </message>
    <message>
        <source>{} cancelled; no tile was finished yet.</source>
        <translation>{} annulé ; aucune tuile n’était encore terminée.</translation>
    </message>
</context>
<context>
    <name>EmbedRequest</name>
    <message>
        <source>The map shows nothing of {}; move there or choose the whole layer.</source>
        <translation>La carte ne montre rien de {} ; déplacez-vous-y ou choisissez toute la couche.</translation>
    </message>
    <message>
        <source>The polygons of {0} cannot be written ({1}); make room on the disk and try again.</source>
        <translation>Les polygones de {0} ne peuvent pas être écrits ({1}) ; libérez de l'espace sur le disque et réessayez.</translation>
    </message>
</context>
<context>
    <name>EmbeddingsBox</name>
    <message>
        <source>Embedding in use</source>
        <translation>Plongement utilisé</translation>
    </message>
    <message>
        <source>The embedding that samples, map and similarity work on</source>
        <translation>Le plongement sur lequel travaillent échantillons, carte et similarité</translation>
    </message>
    <message>
        <source>Open embedding file…</source>
        <translation>Ouvrir un plongement…</translation>
    </message>
    <message>
        <source>Cache…</source>
        <translation>Cache…</translation>
    </message>
    <message>
        <source>See what the cache holds, open or remove it</source>
        <translation>Voir le contenu du cache, l’ouvrir ou le supprimer</translation>
    </message>
    <message>
        <source>Several scenes…</source>
        <translation>Plusieurs scènes…</translation>
    </message>
    <message>
        <source>Several dates, places and layers together: list them, embed them all, map them with one model</source>
        <translation>Plusieurs dates, lieux et couches ensemble : les lister, calculer tous les plongements, les cartographier avec un modèle</translation>
    </message>
    <message>
        <source>None yet</source>
        <translation>Aucun encore</translation>
    </message>
    <message>
        <source>Choose one</source>
        <translation>En choisir un</translation>
    </message>
    <message>
        <source>Cache: {0} of {1}</source>
        <translation>Cache : {0} sur {1}</translation>
    </message>
    <message>
        <source>{} is no embedding raster; embed a layer first.</source>
        <translation>{} n’est pas un raster de plongement ; calculez d’abord celui d’une couche.</translation>
    </message>
    <message>
        <source>{} scenes together</source>
        <translation>{} scènes ensemble</translation>
    </message>
    <message>
        <source>{0}, {1} places</source>
        <translation>{0}, {1} lieux</translation>
    </message>
    <message>
        <source>Open embedding file</source>
        <translation>Ouvrir un plongement</translation>
    </message>
    <message>
        <source>Embedding rasters (*.tif *.tiff)</source>
        <translation>Rasters de plongement (*.tif *.tiff)</translation>
    </message>
</context>
<context>
    <name>Environment</name>
    <message>
        <source>{path} did not answer within {seconds} s: try again, or choose another Python.</source>
        <translation>{path} n’a pas répondu en {seconds} s : réessayez, ou choisissez un autre Python.</translation>
    </message>
    <message>
        <source>{path} cannot be started ({reason}): choose another Python.</source>
        <translation>{path} ne peut pas être lancé ({reason}) : choisissez un autre Python.</translation>
    </message>
    <message>
        <source>it gave no answer</source>
        <translation>il n’a donné aucune réponse</translation>
    </message>
    <message>
        <source>{path} does not work as a Python ({reason}): choose another one.</source>
        <translation>{path} ne fonctionne pas comme Python ({reason}) : choisissez-en un autre.</translation>
    </message>
    <message>
        <source>{path} is a folder: choose the Python in it, for example {example}.</source>
        <translation>{path} est un dossier : choisissez le Python qu’il contient, par exemple {example}.</translation>
    </message>
    <message>
        <source>{path} was not found: choose another Python, or create the environment.</source>
        <translation>{path} est introuvable : choisissez un autre Python, ou créez l’environnement.</translation>
    </message>
    <message>
        <source>{path} is QGIS itself: choose a Python outside QGIS, or create the environment.</source>
        <translation>{path} est QGIS lui-même : choisissez un Python hors de QGIS, ou créez l’environnement.</translation>
    </message>
    <message>
        <source>{path} is not executable: choose a Python program, or allow it to be run.</source>
        <translation>{path} n’est pas exécutable : choisissez un programme Python, ou autorisez son exécution.</translation>
    </message>
    <message>
        <source>{path} is Python {python}, which is too old: choose Python {oldest} or newer.</source>
        <translation>{path} est Python {python}, trop ancien : choisissez Python {oldest} ou plus récent.</translation>
    </message>
    <message>
        <source>{path} has no {package}: install mmearth there with “pip install mmearth”, or create the environment.</source>
        <translation>Il manque à {path} {package} : installez-y mmearth avec « pip install mmearth », ou créez l’environnement.</translation>
    </message>
    <message>
        <source>{path}: {package} cannot be loaded. {failure} {action}</source>
        <translation>{path} : {package} ne peut pas être chargé. {failure} {action}</translation>
    </message>
    <message>
        <source>{path} has mmearth {mmearth}, but the plugin needs {wanted}: install that version there, or create the environment anew.</source>
        <translation>{path} a mmearth {mmearth}, mais l’extension demande {wanted} : installez-y cette version, ou recréez l’environnement.</translation>
    </message>
    <message>
        <source>{path}: its mmearth {mmearth} has no worker: install it again.</source>
        <translation>{path} : son mmearth {mmearth} n’a pas de processus de calcul : réinstallez-le.</translation>
    </message>
    <message>
        <source>Ready: Python {python}, mmearth {mmearth}, ONNX Runtime {onnxruntime}</source>
        <translation>Prêt : Python {python}, mmearth {mmearth}, ONNX Runtime {onnxruntime}</translation>
    </message>
    <message>
        <source>, torch {torch}</source>
        <translation>, torch {torch}</translation>
    </message>
</context>
<context>
    <name>EnvironmentBox</name>
    <message>
        <source>Choose a new or empty folder</source>
        <translation>Choisir un dossier nouveau ou vide</translation>
    </message>
    <message>
        <source>Where the environment is made: a new or empty folder</source>
        <translation>Où l’environnement est créé : un dossier nouveau ou vide</translation>
    </message>
    <message>
        <source>Internet (PyPI)</source>
        <translation>Internet (PyPI)</translation>
    </message>
    <message>
        <source>Another index</source>
        <translation>Autre index</translation>
    </message>
    <message>
        <source>Folder of wheels</source>
        <translation>Dossier de wheels</translation>
    </message>
    <message>
        <source>Where the packages come from; pip's own configuration counts for the first</source>
        <translation>D’où viennent les paquets ; la configuration de pip vaut pour le premier choix</translation>
    </message>
    <message>
        <source>Address of a package index, such as one inside your organisation</source>
        <translation>Adresse d’un index de paquets, par exemple au sein de votre organisation</translation>
    </message>
    <message>
        <source>Folder with the wheels of all packages, made by “pip download”; no network</source>
        <translation>Dossier contenant les wheels de tous les paquets, fait par « pip download » ; sans réseau</translation>
    </message>
    <message>
        <source>Use the graphics card (adds torch)</source>
        <translation>Utiliser la carte graphique (ajoute torch)</translation>
    </message>
    <message>
        <source>Installs torch, which is large; without it the processor computes</source>
        <translation>Installe torch, qui est volumineux ; sans lui, le processeur calcule</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>Supprimer…</translation>
    </message>
    <message>
        <source>Delete the environment from the disk; embeddings and maps stay</source>
        <translation>Supprimer l’environnement du disque ; plongements et cartes restent</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Stop, and remove what has been made so far</source>
        <translation>Arrêter, et supprimer ce qui a été fait jusqu’ici</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Dossier</translation>
    </message>
    <message>
        <source>Packages</source>
        <translation>Paquets</translation>
    </message>
    <message>
        <source>Say from where: an address or a folder is missing.</source>
        <translation>Dites d’où : il manque une adresse ou un dossier.</translation>
    </message>
    <message>
        <source>Stopping…</source>
        <translation>Arrêt…</translation>
    </message>
    <message>
        <source>Installed: mmearth {version}, Python {python}, {size} GB.</source>
        <translation>Installé : mmearth {version}, Python {python}, {size} Go.</translation>
    </message>
    <message>
        <source>The environment was made for another version of the plugin ({version}): update it.</source>
        <translation>L’environnement a été créé pour une autre version de l’extension ({version}) : mettez-le à jour.</translation>
    </message>
    <message>
        <source>An installation was interrupted: create the environment again.</source>
        <translation>Une installation a été interrompue : recréez l’environnement.</translation>
    </message>
    <message>
        <source>This folder holds other files: choose a new or empty one.</source>
        <translation>Ce dossier contient d’autres fichiers : choisissez-en un nouveau ou vide.</translation>
    </message>
    <message>
        <source>Create again</source>
        <translation>Recréer</translation>
    </message>
    <message>
        <source>Update environment</source>
        <translation>Mettre à jour l’environnement</translation>
    </message>
    <message>
        <source>Create environment</source>
        <translation>Créer l’environnement</translation>
    </message>
    <message>
        <source>Takes about {size} GB on disk and downloads nothing.</source>
        <translation>Occupe environ {size} Go sur le disque et ne télécharge rien.</translation>
    </message>
    <message>
        <source>Downloads about {download} GB and takes {size} GB on disk.</source>
        <translation>Télécharge environ {download} Go et occupe {size} Go sur le disque.</translation>
    </message>
    <message>
        <source>Make the environment now.</source>
        <translation>Créer l’environnement maintenant.</translation>
    </message>
    <message>
        <source>Cancelled; nothing was left behind.</source>
        <translation>Annulé ; rien n’est resté.</translation>
    </message>
    <message>
        <source>Delete the environment in {folder}? Embeddings and maps stay.</source>
        <translation>Supprimer l’environnement dans {folder} ? Plongements et cartes restent.</translation>
    </message>
    <message>
        <source>Remove environment</source>
        <translation>Supprimer l’environnement</translation>
    </message>
</context>
<context>
    <name>ExampleButton</name>
    <message>
        <source>A small synthetic scene is made and loaded, and a tour shows the first map on it</source>
        <translation>Une petite scène synthétique est créée et chargée, et une visite montre la première carte sur elle</translation>
    </message>
    <message>
        <source>Making the example…</source>
        <translation>Création de l'exemple…</translation>
    </message>
    <message>
        <source>Making the example</source>
        <translation>Création de l'exemple</translation>
    </message>
    <message>
        <source>Try with the example</source>
        <translation>Essayer avec l'exemple</translation>
    </message>
    <message>
        <source>Example</source>
        <translation>Exemple</translation>
    </message>
    <message>
        <source>QGIS cannot read the example {}; remove the file and try again.</source>
        <translation>QGIS ne peut pas lire l'exemple {} ; supprimez le fichier et réessayez.</translation>
    </message>
</context>
<context>
    <name>Failures</name>
    <message>
        <source>The disk is full.</source>
        <translation>Le disque est plein.</translation>
    </message>
    <message>
        <source>Make room, or choose a folder on another disk, and try again.</source>
        <translation>Faites de la place, ou choisissez un dossier sur un autre disque, et réessayez.</translation>
    </message>
    <message>
        <source>The proxy asks for a user name and a password.</source>
        <translation>Le proxy demande un nom d’utilisateur et un mot de passe.</translation>
    </message>
    <message>
        <source>Set HTTPS_PROXY to http://user&#58;password@proxy:port before QGIS starts, or install from a folder of wheels.</source>
        <translation>Donnez à HTTPS_PROXY la valeur http://user&#58;password@proxy:port avant de lancer QGIS, ou installez depuis un dossier de wheels.</translation>
    </message>
    <message>
        <source>The proxy cannot be reached or refuses the connection.</source>
        <translation>Le proxy est injoignable ou refuse la connexion.</translation>
    </message>
    <message>
        <source>Check HTTPS_PROXY and NO_PROXY, or install from a folder of wheels.</source>
        <translation>Vérifiez HTTPS_PROXY et NO_PROXY, ou installez depuis un dossier de wheels.</translation>
    </message>
    <message>
        <source>The certificate of the package index is not trusted on this computer.</source>
        <translation>Le certificat de l’index de paquets n’est pas reconnu sur cet ordinateur.</translation>
    </message>
    <message>
        <source>Ask your administrator for the organisation's certificate and set SSL_CERT_FILE and PIP_CERT to it before QGIS starts, or install from a folder of wheels.</source>
        <translation>Demandez à votre administrateur le certificat de l’organisation et faites pointer SSL_CERT_FILE et PIP_CERT vers lui avant de lancer QGIS, ou installez depuis un dossier de wheels.</translation>
    </message>
    <message>
        <source>A downloaded package is not what it should be: its hash differs.</source>
        <translation>Un paquet téléchargé n’est pas celui attendu : son empreinte diffère.</translation>
    </message>
    <message>
        <source>Try again; if it stays so, the index or a proxy changes files: use another one.</source>
        <translation>Réessayez ; si cela persiste, l’index ou un proxy modifie les fichiers : utilisez-en un autre.</translation>
    </message>
    <message>
        <source>A policy of this computer does not allow programs to run from that folder.</source>
        <translation>Une règle de cet ordinateur interdit de lancer des programmes depuis ce dossier.</translation>
    </message>
    <message>
        <source>Choose a folder from which programs may run, or ask your administrator to allow it.</source>
        <translation>Choisissez un dossier d’où des programmes peuvent être lancés, ou demandez à votre administrateur de l’autoriser.</translation>
    </message>
    <message>
        <source>The antivirus program stopped the installation.</source>
        <translation>L’antivirus a arrêté l’installation.</translation>
    </message>
    <message>
        <source>Exclude the environment's folder from its scan, and try again.</source>
        <translation>Excluez le dossier de l’environnement de son analyse, et réessayez.</translation>
    </message>
    <message>
        <source>The Python found on this computer cannot make environments: it lacks the module venv.</source>
        <translation>Le Python trouvé sur cet ordinateur ne peut pas créer d’environnements : il lui manque le module venv.</translation>
    </message>
    <message>
        <source>On Debian and Ubuntu run “sudo apt install python3-venv”; elsewhere install Python from python.org.</source>
        <translation>Sous Debian et Ubuntu, exécutez « sudo apt install python3-venv » ; ailleurs, installez Python depuis python.org.</translation>
    </message>
    <message>
        <source>The environment has no pip.</source>
        <translation>L’environnement n’a pas pip.</translation>
    </message>
    <message>
        <source>Remove the environment and create it again.</source>
        <translation>Supprimez l’environnement et recréez-le.</translation>
    </message>
    <message>
        <source>The system's C library is too old for the packages.</source>
        <translation>La bibliothèque C du système est trop ancienne pour les paquets.</translation>
    </message>
    <message>
        <source>A newer system is needed (glibc 2.28 or newer, such as Ubuntu 20.04 or Debian 11).</source>
        <translation>Il faut un système plus récent (glibc 2.28 ou plus, comme Ubuntu 20.04 ou Debian 11).</translation>
    </message>
    <message>
        <source>A library of Windows could not start (WinError 1114).</source>
        <translation>Une bibliothèque de Windows n’a pas pu démarrer (WinError 1114).</translation>
    </message>
    <message>
        <source>Install the newest Microsoft Visual C++ Redistributable (x64), restart the computer and try again.</source>
        <translation>Installez le dernier Microsoft Visual C++ Redistributable (x64), redémarrez l’ordinateur et réessayez.</translation>
    </message>
    <message>
        <source>A library that Windows needs for it is missing.</source>
        <translation>Il manque une bibliothèque dont Windows a besoin pour cela.</translation>
    </message>
    <message>
        <source>Install the Microsoft Visual C++ Redistributable (x64) and try again.</source>
        <translation>Installez le Microsoft Visual C++ Redistributable (x64) et réessayez.</translation>
    </message>
    <message>
        <source>The computer's memory ran out.</source>
        <translation>La mémoire de l’ordinateur n’a pas suffi.</translation>
    </message>
    <message>
        <source>Close other programs and try again.</source>
        <translation>Fermez d’autres programmes et réessayez.</translation>
    </message>
    <message>
        <source>The Python found is of a version the packages do not support.</source>
        <translation>Le Python trouvé est d’une version que les paquets ne prennent pas en charge.</translation>
    </message>
    <message>
        <source>Install Python 3.11, 3.12 or 3.13 and try again.</source>
        <translation>Installez Python 3.11, 3.12 ou 3.13 et réessayez.</translation>
    </message>
    <message>
        <source>The packages ask for versions of each other that do not go together.</source>
        <translation>Les paquets demandent les uns des autres des versions incompatibles.</translation>
    </message>
    <message>
        <source>Create the environment in an empty folder, from an index that has all versions.</source>
        <translation>Créez l’environnement dans un dossier vide, depuis un index qui a toutes les versions.</translation>
    </message>
    <message>
        <source>The connection was too slow: the package index did not answer in time.</source>
        <translation>La connexion était trop lente : l’index de paquets n’a pas répondu à temps.</translation>
    </message>
    <message>
        <source>Try again later, or install from a folder of wheels.</source>
        <translation>Réessayez plus tard, ou installez depuis un dossier de wheels.</translation>
    </message>
    <message>
        <source>The package index cannot be reached.</source>
        <translation>L’index de paquets est injoignable.</translation>
    </message>
    <message>
        <source>Check the network connection and the address of the index, or install from a folder of wheels.</source>
        <translation>Vérifiez la connexion réseau et l’adresse de l’index, ou installez depuis un dossier de wheels.</translation>
    </message>
    <message>
        <source>The package index refuses access.</source>
        <translation>L’index de paquets refuse l’accès.</translation>
    </message>
    <message>
        <source>Check the address and the credentials of the index.</source>
        <translation>Vérifiez l’adresse et les identifiants de l’index.</translation>
    </message>
    <message>
        <source>A file in the environment's folder cannot be written.</source>
        <translation>Un fichier du dossier de l’environnement ne peut pas être écrit.</translation>
    </message>
    <message>
        <source>Close programs that use it, check that you may write there and that no antivirus holds it, or choose another folder.</source>
        <translation>Fermez les programmes qui l’utilisent, vérifiez que vous pouvez y écrire et qu’aucun antivirus ne le retient, ou choisissez un autre dossier.</translation>
    </message>
    <message>
        <source>A package does not exist for this system and Python, or not in the place asked.</source>
        <translation>Un paquet n’existe pas pour ce système et ce Python, ou pas à l’endroit indiqué.</translation>
    </message>
    <message>
        <source>Use a 64-bit Python 3.11, 3.12 or 3.13; a folder of wheels must hold all packages for this system.</source>
        <translation>Utilisez un Python 3.11, 3.12 ou 3.13 en 64 bits ; un dossier de wheels doit contenir tous les paquets pour ce système.</translation>
    </message>
    <message>
        <source>It failed without saying why</source>
        <translation>L’opération a échoué sans dire pourquoi</translation>
    </message>
    <message>
        <source>Try again; if it stays so, copy the diagnostics and report it.</source>
        <translation>Réessayez ; si cela persiste, copiez le diagnostic et signalez-le.</translation>
    </message>
</context>
<context>
    <name>Figures</name>
    <message>
        <source>too few</source>
        <translation>trop peu</translation>
    </message>
</context>
<context>
    <name>FinalMap</name>
    <message>
        <source>Learning from the samples</source>
        <translation>Apprentissage des échantillons</translation>
    </message>
    <message>
        <source>Making the map</source>
        <translation>Création de la carte</translation>
    </message>
    <message>
        <source>Drawing polygons</source>
        <translation>Tracé des polygones</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Annulé.</translation>
    </message>
    <message>
        <source>{0} cannot be replaced ({1}), so the new model is {2}; close the old one where it is open.</source>
        <translation>{0} ne peut pas être remplacé ({1}), le nouveau modèle est donc {2} ; fermez l'ancien là où il est ouvert.</translation>
    </message>
    <message>
        <source>{} was written but QGIS cannot open it; make the map again.</source>
        <translation>{} a été écrit mais QGIS ne peut pas l'ouvrir ; refaites la carte.</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Carte</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>Confiance</translation>
    </message>
    <message>
        <source>Polygons</source>
        <translation>Polygones</translation>
    </message>
</context>
<context>
    <name>FinalMapBox</name>
    <message>
        <source>The map to write: a GeoTIFF with its class names and style beside it</source>
        <translation>La carte à écrire : un GeoTIFF, avec à côté ses noms de classes et son style</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Fichier</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>Confiance</translation>
    </message>
    <message>
        <source>Also write how sure the classifier is of every pixel</source>
        <translation>Écrire aussi à quel point le classifieur est sûr de chaque pixel</translation>
    </message>
    <message>
        <source>Polygons</source>
        <translation>Polygones</translation>
    </message>
    <message>
        <source>Also write the areas of the map as polygons with their class and size</source>
        <translation>Écrire aussi les surfaces de la carte en polygones, avec leur classe et leur taille</translation>
    </message>
    <message>
        <source>Leave unlike pixels unclassified</source>
        <translation>Pixels dissemblables sans classe</translation>
    </message>
    <message>
        <source>Pixels more unlike all samples than all but this share of the samples' own pixels get no class: “unknown”.</source>
        <translation>Les pixels plus différents de tous les échantillons que tous les pixels des échantillons sauf cette part n’ont pas de classe : « inconnu ».</translation>
    </message>
    <message>
        <source>Make map</source>
        <translation>Créer la carte</translation>
    </message>
    <message>
        <source>Apply saved model…</source>
        <translation>Modèle enregistré…</translation>
    </message>
    <message>
        <source>Map another embedding with a model that was saved beside an earlier map</source>
        <translation>Cartographier un autre plongement avec un modèle enregistré à côté d’une carte antérieure</translation>
    </message>
    <message>
        <source>Tidy…</source>
        <translation>Nettoyer…</translation>
    </message>
    <message>
        <source>Fill areas of a map that are too small to matter by their neighbours</source>
        <translation>Combler par leurs voisines les surfaces d’une carte trop petites pour compter</translation>
    </message>
    <message>
        <source>Print layout</source>
        <translation>Mise en page</translation>
    </message>
    <message>
        <source>Lay the map out on a sheet with legend, scale and origin, to be changed and exported as you like</source>
        <translation>Mettre la carte en page avec légende, échelle et origine, à modifier et exporter à volonté</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Stop; no unfinished map is left behind</source>
        <translation>Arrêter ; aucune carte inachevée ne reste</translation>
    </message>
    <message>
        <source>The map has no file yet; name its file first.</source>
        <translation>La carte n'a pas encore de fichier ; nommez d'abord son fichier.</translation>
    </message>
    <message>
        <source>There are no samples with a class yet; draw some for each class.</source>
        <translation>Il n’y a pas encore d’échantillons avec une classe ; dessinez-en pour chaque classe.</translation>
    </message>
    <message>
        <source>There is no map to lay out; make one first, or choose one in the layer tree.</source>
        <translation>Il n'y a pas de carte à mettre en page ; faites-en une d'abord, ou choisissez-en une dans l'arbre des couches.</translation>
    </message>
    <message>
        <source>These files exist in {}:

{}

Replace them?</source>
        <translation>Ces fichiers existent dans {} :

{}

Les remplacer ?</translation>
    </message>
    <message>
        <source>Replace files?</source>
        <translation>Remplacer les fichiers ?</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Dossier</translation>
    </message>
    <message>
        <source>Make {} maps</source>
        <translation>Faire {} cartes</translation>
    </message>
    <message>
        <source>Embed a layer first, or choose an embedding.</source>
        <translation>Calculez d’abord le plongement d’une couche, ou choisissez un plongement.</translation>
    </message>
    <message>
        <source>Choose or draw samples first.</source>
        <translation>Choisissez ou dessinez d’abord des échantillons.</translation>
    </message>
    <message>
        <source>Map the whole embedding; the model is saved beside the map</source>
        <translation>Cartographier tout le plongement ; le modèle est enregistré à côté de la carte</translation>
    </message>
    <message>
        <source>Map each place of the working set with one model of all samples; the model lies with the maps</source>
        <translation>Cartographier chaque lieu du jeu de travail avec un modèle de tous les échantillons ; le modèle est avec les cartes</translation>
    </message>
    <message>
        <source>The map is written. Its project was closed; the files are kept.</source>
        <translation>La carte est écrite. Son projet a été fermé ; les fichiers sont conservés.</translation>
    </message>
    <message>
        <source>{} is in the project.</source>
        <translation>{} est dans le projet.</translation>
    </message>
    <message>
        <source>The maps of {} places are in the project.</source>
        <translation>Les cartes de {} lieux sont dans le projet.</translation>
    </message>
    <message>
        <source>Cancelled; no map was written.</source>
        <translation>Annulé ; aucune carte n’a été écrite.</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>inconnu</translation>
    </message>
    <message>
        <source>The map has no pixel with a class.</source>
        <translation>La carte n’a aucun pixel avec une classe.</translation>
    </message>
    <message>
        <source>GeoTIFF (*.tif)</source>
        <translation>GeoTIFF (*.tif)</translation>
    </message>
</context>
<context>
    <name>Fit</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
    <message>
        <source>Fit classes to samples</source>
        <translation>Apprendre les classes des échantillons</translation>
    </message>
    <message>
        <source>Learns classes from the pixels of an embedding under a few labelled polygons or points. Places that were left out in turn tell how well the classes are recognised.</source>
        <translation>Apprend des classes à partir des pixels d’un plongement sous quelques polygones ou points étiquetés. Des lieux laissés de côté tour à tour disent à quel point les classes sont reconnues.</translation>
    </message>
    <message>
        <source>A small model file (.json) for “Classify embedding”, which may be used on every embedding of the same encoder, and the accuracy by cross-validation over places.</source>
        <translation>Un petit fichier de modèle (.json) pour « Classer le plongement », utilisable sur tout plongement du même encodeur, et l’exactitude par validation croisée sur les lieux.</translation>
    </message>
    <message>
        <source>Several small polygons in different places teach more than a large one; five in each class are a good beginning.</source>
        <translation>Plusieurs petits polygones à différents endroits apprennent plus qu’un grand ; cinq par classe sont un bon début.</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Échantillons</translation>
    </message>
    <message>
        <source>Polygons, lines or points on the embedding, also unsaved ones; at least two classes. Blank for a working set that names its samples.</source>
        <translation>Polygones, lignes ou points sur le plongement, même non enregistrés ; au moins deux classes. Vide pour un jeu de travail qui nomme ses échantillons.</translation>
    </message>
    <message>
        <source>Class field</source>
        <translation>Champ de classe</translation>
    </message>
    <message>
        <source>The field that names the class of each sample; blank: class.</source>
        <translation>Le champ qui nomme la classe de chaque échantillon ; vide : class.</translation>
    </message>
    <message>
        <source>Several dates</source>
        <translation>Plusieurs dates</translation>
    </message>
    <message>
        <source>How the dates of a working set decide: vote, each with a model of its own, where it is clear; together, all in one model, where every date is clear.</source>
        <translation>Comment les dates d’un jeu de travail décident : vote, chacune avec son propre modèle, là où elle est claire ; together, toutes dans un seul modèle, là où chaque date est claire.</translation>
    </message>
    <message>
        <source>More embeddings</source>
        <translation>Autres plongements</translation>
    </message>
    <message>
        <source>Embeddings of other scenes by the same encoder, to learn from all together.</source>
        <translation>Plongements d’autres scènes par le même encodeur, pour apprendre de tous ensemble.</translation>
    </message>
    <message>
        <source>More samples</source>
        <translation>Autres échantillons</translation>
    </message>
    <message>
        <source>The samples on them, in the same order and with the same class field.</source>
        <translation>Les échantillons sur ceux-ci, dans le même ordre et avec le même champ de classe.</translation>
    </message>
    <message>
        <source>Validation distance in metres</source>
        <translation>Distance de la validation en mètres</translation>
    </message>
    <message>
        <source>Samples within this distance count as one place, and are left out together; blank: what the model sees around a pixel, less where that would leave too few places.</source>
        <translation>Les échantillons situés à moins de cette distance comptent comme un seul lieu et sont exclus ensemble ; vide : ce que le modèle voit autour d’un pixel, moins là où il resterait trop peu de lieux.</translation>
    </message>
    <message>
        <source>Pixels without a label</source>
        <translation>Pixels sans classe</translation>
    </message>
    <message>
        <source>Pixels of the embeddings to learn from as well, though nobody labelled them; 0 for none.</source>
        <translation>Pixels des embeddings dont on apprend aussi, bien que personne ne les ait nommés ; 0 : aucun.</translation>
    </message>
    <message>
        <source>Common classes</source>
        <translation>Classes fréquentes</translation>
    </message>
    <message>
        <source>tempered: classes that are common win doubtful pixels, a little; none: all classes count alike.</source>
        <translation>tempered : les classes fréquentes gagnent un peu les pixels douteux ; none : toutes les classes comptent autant.</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Graine</translation>
    </message>
    <message>
        <source>The same input and seed give the same model.</source>
        <translation>Les mêmes entrées et la même graine donnent le même modèle.</translation>
    </message>
    <message>
        <source>The file to write.</source>
        <translation>Le fichier à écrire.</translation>
    </message>
    <message>
        <source>Accuracy by cross-validation, 0 to 1</source>
        <translation>Exactitude par validation croisée, de 0 à 1</translation>
    </message>
    <message>
        <source>Number of classes</source>
        <translation>Nombre de classes</translation>
    </message>
    <message>
        <source>Number of samples</source>
        <translation>Nombre d’échantillons</translation>
    </message>
    <message>
        <source>Number of pixels</source>
        <translation>Nombre de pixels</translation>
    </message>
    <message>
        <source>Names of the classes</source>
        <translation>Noms des classes</translation>
    </message>
    <message>
        <source>There are no samples to learn from; choose a layer of samples.</source>
        <translation>Il n'y a pas d'échantillons pour l'apprentissage ; choisissez une couche d'échantillons.</translation>
    </message>
    <message>
        <source>A working set holds all embeddings and samples; add the further ones to it.</source>
        <translation>Un jeu de travail contient tous les plongements et échantillons ; ajoutez-y les autres.</translation>
    </message>
    <message>
        <source>Further embeddings: {}, layers of their samples: {}; give each its own.</source>
        <translation>Autres embeddings : {}, couches de leurs échantillons : {} ; donnez à chacun la sienne.</translation>
    </message>
    <message>
        <source>{} classes from {} pixels of {} samples.</source>
        <translation>{} classes à partir de {} pixels de {} échantillons.</translation>
    </message>
    <message>
        <source>Draw samples of each class in two distant places or more to learn more.</source>
        <translation>Dessinez des échantillons de chaque classe en deux lieux ou plus, loin l’un de l’autre, pour en savoir plus.</translation>
    </message>
    <message>
        <source>Accuracy on {} places that were left out: {} % (95 % interval {} to {} %).</source>
        <translation>Exactitude sur {} lieux laissés de côté : {} % (intervalle à 95 % de {} à {} %).</translation>
    </message>
    <message>
        <source>Samples within {} m of each other count as one place.</source>
        <translation>Des échantillons à moins de {} m les uns des autres comptent pour un seul lieu.</translation>
    </message>
    <message>
        <source>The model sees {} m around a pixel: the accuracy may be too good.</source>
        <translation>Le modèle voit {} m autour d’un pixel : l’exactitude est peut-être trop bonne.</translation>
    </message>
    <message>
        <source>  {}: F1 {} from {} places</source>
        <translation>  {} : F1 {} sur {} lieux</translation>
    </message>
</context>
<context>
    <name>FolderButton</name>
    <message>
        <source>Folder to maps…</source>
        <translation>Dossier en cartes…</translation>
    </message>
    <message>
        <source>Embed and map all scenes of a folder, a map each, with what the samples in work teach</source>
        <translation>Plonger et cartographier toutes les scènes d’un dossier, une carte chacune, avec ce qu’enseignent les échantillons utilisés</translation>
    </message>
    <message>
        <source>Learning from the samples…</source>
        <translation>Apprentissage des échantillons…</translation>
    </message>
    <message>
        <source>Learning from the samples</source>
        <translation>Apprentissage des échantillons</translation>
    </message>
    <message>
        <source>The model of the samples is saved: {}</source>
        <translation>Le modèle des échantillons est enregistré : {}</translation>
    </message>
</context>
<context>
    <name>FreehandTool</name>
    <message>
        <source>Keep the button pressed while you draw.</source>
        <translation>Gardez le bouton enfoncé pendant que vous dessinez.</translation>
    </message>
    <message>
        <source>draw with the button pressed</source>
        <translation>dessinez bouton enfoncé</translation>
    </message>
    <message>
        <source>There is no class with that key; add it, or type another.</source>
        <translation>Il n'y a pas de classe avec cette touche ; ajoutez-la, ou tapez-en une autre.</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>Il n’y a rien à annuler.</translation>
    </message>
    <message>
        <source>There is nothing to redo.</source>
        <translation>Il n’y a rien à rétablir.</translation>
    </message>
    <message>
        <source>There is no sample under the cursor; move onto one.</source>
        <translation>Il n'y a pas d'échantillon sous le curseur ; placez-le sur l'un d'eux.</translation>
    </message>
    <message>
        <source>Choose or make a sample layer first.</source>
        <translation>Choisissez ou créez d’abord une couche d’échantillons.</translation>
    </message>
    <message>
        <source>Add a class first.</source>
        <translation>Ajoutez d’abord une classe.</translation>
    </message>
    <message>
        <source>This sample lies outside the embedding: nothing is learned from it. Z takes it back.</source>
        <translation>Cet échantillon est hors du plongement : rien n’en est appris. Z l’annule.</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0} : {1}</translation>
    </message>
</context>
<context>
    <name>GatherWorkingSet</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
    <message>
        <source>Gather working set</source>
        <translation>Rassembler un jeu de travail</translation>
    </message>
    <message>
        <source>Puts embeddings of several dates and places together with layers and samples. Embeddings that share half of the smaller one are dates of one place.</source>
        <translation>Réunit des plongements de plusieurs dates et lieux avec des couches et des échantillons. Des plongements qui partagent la moitié du plus petit sont des dates d’un même lieu.</translation>
    </message>
    <message>
        <source>A small file (.json) that the other algorithms take in place of an embedding. It names the files, and holds none of their pixels.</source>
        <translation>Un petit fichier (.json) que les autres algorithmes prennent à la place d’un plongement. Il nomme les fichiers et ne contient aucun de leurs pixels.</translation>
    </message>
    <message>
        <source>Save it in a folder above the embeddings: what it names elsewhere is read only where “Follow what the input refers to” is ticked.</source>
        <translation>Enregistrez-le dans un dossier au-dessus des plongements : ce qu’il nomme ailleurs n’est lu que si « Suivre les renvois de l’entrée » est coché.</translation>
    </message>
    <message>
        <source>Embeddings</source>
        <translation>Plongements</translation>
    </message>
    <message>
        <source>Rasters made by “Embed layer”, of any dates and places.</source>
        <translation>Rasters faits par « Calculer le plongement », de toutes dates et de tous lieux.</translation>
    </message>
    <message>
        <source>Dates</source>
        <translation>Dates</translation>
    </message>
    <message>
        <source>The day each image was taken, as 2021-04-01, in the order of the embeddings with a comma between; blank: what was written beside each.</source>
        <translation>Le jour de chaque image, comme 2021-04-01, dans l’ordre des plongements, séparés par des virgules ; vide : ce qui est écrit à côté de chacun.</translation>
    </message>
    <message>
        <source>Layers</source>
        <translation>Couches</translation>
    </message>
    <message>
        <source>Rasters to learn from too, such as heights or radar, by their first band; each covers all places.</source>
        <translation>Rasters dont apprendre aussi, comme des altitudes ou du radar, par leur première bande ; chacun couvre tous les lieux.</translation>
    </message>
    <message>
        <source>Leave out places without a layer</source>
        <translation>Laisser de côté les lieux sans une couche</translation>
    </message>
    <message>
        <source>Goes on without the places that one of the layers has no value in, and says which; else it stops.</source>
        <translation>Continue sans les lieux où l’une des couches n’a pas de valeur, et dit lesquels ; sinon il s’arrête.</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Échantillons</translation>
    </message>
    <message>
        <source>Layers of labelled polygons, lines or points, saved in files.</source>
        <translation>Couches de polygones, lignes ou points étiquetés, enregistrées dans des fichiers.</translation>
    </message>
    <message>
        <source>Class field</source>
        <translation>Champ de classe</translation>
    </message>
    <message>
        <source>The field that names the class of each sample; blank: class.</source>
        <translation>Le champ qui nomme la classe de chaque échantillon ; vide : class.</translation>
    </message>
    <message>
        <source>Working set</source>
        <translation>Jeu de travail</translation>
    </message>
    <message>
        <source>The file to write.</source>
        <translation>Le fichier à écrire.</translation>
    </message>
    <message>
        <source>Number of places</source>
        <translation>Nombre de lieux</translation>
    </message>
    <message>
        <source>Names of the places</source>
        <translation>Noms des lieux</translation>
    </message>
    <message>
        <source>“{}” is no date; write it as 2021-04-01.</source>
        <translation>« {} » n’est pas une date ; écrivez-la comme 2021-04-01.</translation>
    </message>
    <message>
        <source>Embeddings: {}, dates: {}; give each embedding its date.</source>
        <translation>Embeddings : {}, dates : {} ; donnez sa date à chaque embedding.</translation>
    </message>
    <message>
        <source>“{}” has edits that are not saved; save them first.</source>
        <translation>« {} » a des modifications non enregistrées ; enregistrez-les d’abord.</translation>
    </message>
</context>
<context>
    <name>Gathering</name>
    <message>
        <source>A layer left the project while they were put together; choose what belongs together and try again.</source>
        <translation>Une couche a quitté le projet pendant l’assemblage ; cochez de nouveau ce qui va ensemble.</translation>
    </message>
    <message>
        <source>Go on without these places</source>
        <translation>Continuer sans ces lieux</translation>
    </message>
</context>
<context>
    <name>Ground</name>
    <message>
        <source>no-data</source>
        <translation>sans données</translation>
    </message>
    <message>
        <source>masked in the file itself</source>
        <translation>masqué dans le fichier même</translation>
    </message>
    <message>
        <source>fill that is not declared</source>
        <translation>remplissage non déclaré</translation>
    </message>
    <message>
        <source>left out by the mask</source>
        <translation>écarté par le masque</translation>
    </message>
    <message>
        <source>clouds</source>
        <translation>nuages</translation>
    </message>
    <message>
        <source>outside the area</source>
        <translation>hors de la zone</translation>
    </message>
    <message>
        <source>{0} of the pixels are left out ({1}).</source>
        <translation>{0} des pixels sont écartés ({1}).</translation>
    </message>
    <message>
        <source>In {} of the pixels a band is missing; it is filled.</source>
        <translation>Dans {} des pixels, une bande manque ; elle est complétée.</translation>
    </message>
    <message>
        <source>In {} of the pixels a band is 0 beside dark ones; that is kept as reflectance 0.</source>
        <translation>Dans {} des pixels, une bande vaut 0 à côté de bandes sombres ; elle est gardée comme réflectance 0.</translation>
    </message>
</context>
<context>
    <name>GuideWindow</name>
    <message>
        <source>MMEarth: guide</source>
        <translation>MMEarth : guide</translation>
    </message>
    <message>
        <source>To the page before</source>
        <translation>À la page précédente</translation>
    </message>
    <message>
        <source>To the page you came back from</source>
        <translation>À la page d'où vous êtes revenu</translation>
    </message>
    <message>
        <source>To the beginning of the guide</source>
        <translation>Au début du guide</translation>
    </message>
    <message>
        <source>Open in web browser</source>
        <translation>Ouvrir dans le navigateur</translation>
    </message>
    <message>
        <source>The same page in your web browser, to print or to keep it beside QGIS</source>
        <translation>La même page dans votre navigateur, pour l'imprimer ou la garder à côté de QGIS</translation>
    </message>
    <message>
        <source>This page is in English.</source>
        <translation>Cette page est en anglais.</translation>
    </message>
</context>
<context>
    <name>HelpButton</name>
    <message>
        <source>Help</source>
        <translation>Aide</translation>
    </message>
    <message>
        <source>What this page is for and how it is used; no network is needed</source>
        <translation>À quoi sert cette page et comment l'utiliser ; sans réseau</translation>
    </message>
    <message>
        <source>Help on this page</source>
        <translation>Aide sur cette page</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Touches</translation>
    </message>
    <message>
        <source>Tour of the first map</source>
        <translation>Visite de la première carte</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message>
        <source>Import samples</source>
        <translation>Importer des échantillons</translation>
    </message>
    <message>
        <source>{} holds no vector layer that QGIS can read; choose another file.</source>
        <translation>{} ne contient aucune couche vecteur que QGIS sache lire ; choisissez un autre fichier.</translation>
    </message>
    <message>
        <source>{} samples added</source>
        <translation>{} échantillons ajoutés</translation>
    </message>
    <message>
        <source>new classes: {}</source>
        <translation>nouvelles classes : {}</translation>
    </message>
    <message>
        <source>{} invalid shapes repaired</source>
        <translation>{} formes invalides réparées</translation>
    </message>
    <message>
        <source>left out: {}</source>
        <translation>laissés de côté : {}</translation>
    </message>
    <message>
        <source>Taking samples in…</source>
        <translation>Import des échantillons…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Only the {} selected features</source>
        <translation>Seulement les {} entités sélectionnées</translation>
    </message>
    <message>
        <source>A class there is, or the name of a new one</source>
        <translation>Une classe existante, ou le nom d'une nouvelle</translation>
    </message>
    <message>
        <source>{} of {} features in {} classes, {} of them new</source>
        <translation>{} entités sur {} dans {} classes, dont {} nouvelles</translation>
    </message>
    <message>
        <source>– leave out –</source>
        <translation>– laisser de côté –</translation>
    </message>
    <message>
        <source>The layer whose features become samples; it stays as it is</source>
        <translation>La couche dont les entités deviennent des échantillons ; elle reste telle quelle</translation>
    </message>
    <message>
        <source>Open a file: it becomes a layer of the project</source>
        <translation>Ouvrir un fichier : il devient une couche du projet</translation>
    </message>
    <message>
        <source>The field that names the class of each feature, by a word or a number</source>
        <translation>Le champ qui nomme la classe de chaque entité, par un mot ou un nombre</translation>
    </message>
    <message>
        <source>A class set that tells what the codes in the field are called</source>
        <translation>Un jeu de classes qui dit comment s'appellent les codes du champ</translation>
    </message>
    <message>
        <source>as the layer calls them</source>
        <translation>comme la couche les nomme</translation>
    </message>
    <message>
        <source> pixels</source>
        <translation> pixels</translation>
    </message>
    <message>
        <source>Points become squares and lines strips of so many pixels of the embedding</source>
        <translation>Les points deviennent des carrés et les lignes des bandes d'autant de pixels du plongement</translation>
    </message>
    <message>
        <source>Only what touches the embedding</source>
        <translation>Seulement ce qui touche le plongement</translation>
    </message>
    <message>
        <source>Samples elsewhere teach nothing of this scene, and make everything slower</source>
        <translation>Des échantillons ailleurs n'apprennent rien de cette scène et ralentissent tout</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Couche</translation>
    </message>
    <message>
        <source>Class field</source>
        <translation>Champ de classe</translation>
    </message>
    <message>
        <source>Names of codes</source>
        <translation>Noms des codes</translation>
    </message>
    <message>
        <source>Width of points and lines</source>
        <translation>Largeur des points et lignes</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Valeur</translation>
    </message>
    <message>
        <source>Features</source>
        <translation>Entités</translation>
    </message>
    <message>
        <source>Becomes</source>
        <translation>Devient</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importer</translation>
    </message>
</context>
<context>
    <name>Installation</name>
    <message>
        <source>Another QGIS is working on {folder}, or it cannot be written.</source>
        <translation>Un autre QGIS travaille sur {folder}, ou l’écriture y est impossible.</translation>
    </message>
    <message>
        <source>Wait until it is done, or choose another folder.</source>
        <translation>Attendez qu’il ait fini, ou choisissez un autre dossier.</translation>
    </message>
    <message>
        <source>Looking for room and a Python</source>
        <translation>Recherche de place et d’un Python</translation>
    </message>
    <message>
        <source>The package mmearth is missing from the plugin's folder {folder}.</source>
        <translation>Le paquet mmearth manque dans le dossier de l’extension {folder}.</translation>
    </message>
    <message>
        <source>Install the plugin again.</source>
        <translation>Réinstallez l’extension.</translation>
    </message>
    <message>
        <source>{folder} holds other files.</source>
        <translation>{folder} contient d’autres fichiers.</translation>
    </message>
    <message>
        <source>Choose an empty or a new folder.</source>
        <translation>Choisissez un dossier vide ou nouveau.</translation>
    </message>
    <message>
        <source>{folder} holds no wheels.</source>
        <translation>{folder} ne contient pas de wheels.</translation>
    </message>
    <message>
        <source>Choose a folder with the wheels of all packages, made by “pip download”.</source>
        <translation>Choisissez un dossier contenant les wheels de tous les paquets, fait par « pip download ».</translation>
    </message>
    <message>
        <source>{folder} has {free} GB free, and the environment needs about {size} GB.</source>
        <translation>{folder} a {free} Go libres, et l’environnement demande environ {size} Go.</translation>
    </message>
    <message>
        <source>Make room, or choose a folder on another disk.</source>
        <translation>Faites de la place, ou choisissez un dossier sur un autre disque.</translation>
    </message>
    <message>
        <source>Creating the environment</source>
        <translation>Création de l’environnement</translation>
    </message>
    <message>
        <source>Asking for the packages</source>
        <translation>Demande des paquets</translation>
    </message>
    <message>
        <source>Trying the environment</source>
        <translation>Essai de l’environnement</translation>
    </message>
    <message>
        <source>Copy the diagnostics and report it if it happens again.</source>
        <translation>Copiez le diagnostic et signalez-le si cela se reproduit.</translation>
    </message>
    <message>
        <source>The environment is ready</source>
        <translation>L’environnement est prêt</translation>
    </message>
    <message>
        <source>{folder} was not made by this plugin.</source>
        <translation>{folder} n’a pas été créé par cette extension.</translation>
    </message>
    <message>
        <source>Remove it yourself if it is no longer needed.</source>
        <translation>Supprimez-le vous-même s’il ne sert plus.</translation>
    </message>
    <message>
        <source>Removing the environment that is there</source>
        <translation>Suppression de l’environnement existant</translation>
    </message>
    <message>
        <source>Downloading {name}</source>
        <translation>Téléchargement de {name}</translation>
    </message>
    <message>
        <source>Looking up {name}</source>
        <translation>Recherche de {name}</translation>
    </message>
    <message>
        <source>Unpacking the packages</source>
        <translation>Décompression des paquets</translation>
    </message>
</context>
<context>
    <name>IntoPlaces</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
</context>
<context>
    <name>JudgedMaps</name>
    <message>
        <source>No map in the project: {}. Make the maps of all places on the tab “Map”; they are assessed as one.</source>
        <translation>Pas de carte dans le projet : {}. Faites les cartes de tous les lieux dans l’onglet « Carte » ; elles sont évaluées comme une seule.</translation>
    </message>
    <message>
        <source>Older than its embedding: the map of {}. Make the maps again, or what is judged is the old one.</source>
        <translation>Plus ancienne que son plongement : la carte de {}. Refaites les cartes, sinon c’est l’ancienne qui est évaluée.</translation>
    </message>
    <message>
        <source>{} does not name its classes; give it a paletted style first.</source>
        <translation>{} ne nomme pas ses classes ; donnez-lui d’abord un style à palette.</translation>
    </message>
</context>
<context>
    <name>KeySheet</name>
    <message>
        <source>MMEarth: keys</source>
        <translation>MMEarth : touches</translation>
    </message>
    <message>
        <source>Tools that draw</source>
        <translation>Outils de dessin</translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <source>Show this sheet</source>
        <translation>Montrer cette liste</translation>
    </message>
    <message>
        <source>Show the table of samples</source>
        <translation>Montrer le tableau des échantillons</translation>
    </message>
    <message>
        <source>Do it again</source>
        <translation>Rétablir</translation>
    </message>
    <message>
        <source>In the dock</source>
        <translation>Dans le panneau</translation>
    </message>
    <message>
        <source>On the map, while you draw samples</source>
        <translation>Sur la carte, pendant que vous dessinez des échantillons</translation>
    </message>
    <message>
        <source>Choose the class; two digits one after the other where there are more than ten</source>
        <translation>Choisir la classe ; deux chiffres l'un après l'autre s'il y en a plus de dix</translation>
    </message>
    <message>
        <source>Erase the sample under the cursor</source>
        <translation>Effacer l'échantillon sous le curseur</translation>
    </message>
    <message>
        <source>Give the sample under the cursor the chosen class</source>
        <translation>Donner la classe choisie à l'échantillon sous le curseur</translation>
    </message>
    <message>
        <source>Take back the last corner, or the last edit</source>
        <translation>Annuler le dernier sommet ou la dernière modification</translation>
    </message>
    <message>
        <source>On the map, while a shape is not finished</source>
        <translation>Sur la carte, tant qu'une forme n'est pas terminée</translation>
    </message>
    <message>
        <source>Finish the shape</source>
        <translation>Terminer la forme</translation>
    </message>
    <message>
        <source>Take back the last corner</source>
        <translation>Annuler le dernier sommet</translation>
    </message>
    <message>
        <source>Drop the shape</source>
        <translation>Abandonner la forme</translation>
    </message>
    <message>
        <source>On the map, while something is outlined with Segment</source>
        <translation>Sur la carte, quand quelque chose est délimité avec Segment</translation>
    </message>
    <message>
        <source>Outline more, as the wheel does</source>
        <translation>Délimiter plus, comme avec la molette</translation>
    </message>
    <message>
        <source>Outline less</source>
        <translation>Délimiter moins</translation>
    </message>
    <message>
        <source>On the tab Samples</source>
        <translation>Dans l'onglet Échantillons</translation>
    </message>
    <message>
        <source>Choose the class</source>
        <translation>Choisir la classe</translation>
    </message>
    <message>
        <source>In the table of samples</source>
        <translation>Dans le tableau des échantillons</translation>
    </message>
    <message>
        <source>Give the selected samples this class</source>
        <translation>Donner cette classe aux échantillons sélectionnés</translation>
    </message>
    <message>
        <source>Show them on the map</source>
        <translation>Les montrer sur la carte</translation>
    </message>
    <message>
        <source>Erase them</source>
        <translation>Les effacer</translation>
    </message>
    <message>
        <source>Take back the last edit</source>
        <translation>Annuler la dernière modification</translation>
    </message>
    <message>
        <source>In the list of suggested places</source>
        <translation>Dans la liste des lieux suggérés</translation>
    </message>
    <message>
        <source>Give the place this class, and go on</source>
        <translation>Donner cette classe au lieu, et continuer</translation>
    </message>
    <message>
        <source>Skip the place</source>
        <translation>Passer ce lieu</translation>
    </message>
    <message>
        <source>Show the map as long as the key is held</source>
        <translation>Montrer la carte tant que la touche est enfoncée</translation>
    </message>
    <message>
        <source>While you label reference points</source>
        <translation>Pendant que vous étiquetez les points de référence</translation>
    </message>
    <message>
        <source>Give the point this class, and go on</source>
        <translation>Donner cette classe au point, et continuer</translation>
    </message>
    <message>
        <source>Take the class away</source>
        <translation>Enlever la classe</translation>
    </message>
    <message>
        <source>To the following point</source>
        <translation>Au point suivant</translation>
    </message>
    <message>
        <source>To the point before</source>
        <translation>Au point précédent</translation>
    </message>
    <message>
        <source>Skip: to the next point that is not labelled</source>
        <translation>Passer : au prochain point sans étiquette</translation>
    </message>
</context>
<context>
    <name>Labelling</name>
    <message>
        <source>{} cannot be edited; use a copy of it.</source>
        <translation>{} ne peut pas être modifié ; utilisez-en une copie.</translation>
    </message>
    <message>
        <source>Label a reference point</source>
        <translation>Étiqueter un point de référence</translation>
    </message>
    <message>
        <source>The class could not be written to {}; check that the layer can be edited.</source>
        <translation>La classe n'a pas pu être écrite dans {} ; vérifiez que la couche est modifiable.</translation>
    </message>
    <message>
        <source>{0} could not be saved ({1}); check that its file can be written, and save again.</source>
        <translation>{0} n'a pas pu être enregistrée ({1}) ; vérifiez que son fichier est accessible en écriture, puis enregistrez de nouveau.</translation>
    </message>
</context>
<context>
    <name>LabellingBox</name>
    <message>
        <source>There is no class {}.</source>
        <translation>Il n'y a pas de classe {}.</translation>
    </message>
    <message>
        <source>%v of %m labelled</source>
        <translation>%v sur %m étiquetés</translation>
    </message>
    <message>
        <source>Scale at which each point is shown</source>
        <translation>Échelle à laquelle chaque point est montré</translation>
    </message>
    <message>
        <source>Hide maps while labelling</source>
        <translation>Masquer les cartes pendant l’étiquetage</translation>
    </message>
    <message>
        <source>Who sees the map agrees with it more often than the ground does: label blind.</source>
        <translation>Qui voit la carte l’approuve plus souvent que le terrain : étiquetez à l’aveugle.</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Retour</translation>
    </message>
    <message>
        <source>To the point before (key B)</source>
        <translation>Au point précédent (touche B)</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Suivant</translation>
    </message>
    <message>
        <source>To the following point (key N)</source>
        <translation>Au point suivant (touche N)</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Passer</translation>
    </message>
    <message>
        <source>Leave it open; to the next unlabelled point (key K)</source>
        <translation>Le laisser ouvert ; au prochain point non étiqueté (touche K)</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Effacer</translation>
    </message>
    <message>
        <source>Take the class away (key Delete)</source>
        <translation>Retirer la classe (touche Suppr)</translation>
    </message>
    <message>
        <source>Start labelling</source>
        <translation>Commencer l’étiquetage</translation>
    </message>
    <message>
        <source>Show the points one after the other and label them</source>
        <translation>Montrer les points l’un après l’autre et les étiqueter</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Échelle</translation>
    </message>
    <message>
        <source>Label this point “{}”</source>
        <translation>Donner à ce point la classe « {} »</translation>
    </message>
    <message>
        <source>Stop labelling</source>
        <translation>Arrêter l’étiquetage</translation>
    </message>
    <message>
        <source>Point {} of {}</source>
        <translation>Point {} sur {}</translation>
    </message>
    <message>
        <source>Feature {} of {}</source>
        <translation>Entité {} sur {}</translation>
    </message>
    <message>
        <source>not labelled</source>
        <translation>non étiqueté</translation>
    </message>
</context>
<context>
    <name>LiveBox</name>
    <message>
        <source>With samples of at least two classes the map follows every edit.</source>
        <translation>Avec des échantillons d'au moins deux classes, la carte suit chaque modification.</translation>
    </message>
    <message>
        <source>Live map</source>
        <translation>Carte en direct</translation>
    </message>
    <message>
        <source>Map what is seen while you draw: every edit of the samples repaints it</source>
        <translation>Cartographier ce qui est visible pendant que vous dessinez : chaque modification des échantillons le redessine</translation>
    </message>
    <message>
        <source>Swipe: show the map on one side of the mouse, what is below on the other</source>
        <translation>Balayage : la carte d’un côté de la souris, ce qui est dessous de l’autre</translation>
    </message>
    <message>
        <source>Opacity of the live map</source>
        <translation>Opacité de la carte en direct</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>Opacité</translation>
    </message>
    <message>
        <source>Confidence layer</source>
        <translation>Couche de confiance</translation>
    </message>
    <message>
        <source>Draw how probable the class of each pixel is</source>
        <translation>Dessiner la probabilité de la classe de chaque pixel</translation>
    </message>
    <message>
        <source>Leave unlike pixels unclassified</source>
        <translation>Pixels dissemblables sans classe</translation>
    </message>
    <message>
        <source>Give no class to what is less like the samples than all but this share of their pixels</source>
        <translation>Ne pas donner de classe à ce qui ressemble moins aux échantillons que tous leurs pixels sauf cette part</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aucun</translation>
    </message>
    <message>
        <source>keep edges</source>
        <translation>garder les bords</translation>
    </message>
    <message>
        <source>strong</source>
        <translation>fort</translation>
    </message>
    <message>
        <source>How much its neighbours say in a pixel's class; with “keep edges” roads and rivers stay. Also for the map of the whole layer. The live map shows it where all pixels are seen: zoom in</source>
        <translation>Ce que ses voisins disent de la classe d’un pixel ; avec « garder les bords », routes et rivières restent. Aussi pour la carte de toute la couche. La carte en direct le montre là où tous les pixels sont visibles : zoomez</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Lissage</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatique</translation>
    </message>
    <message>
        <source>Samples within this distance are one place, left out together; also for the map of the whole layer</source>
        <translation>Les échantillons situés à moins de cette distance sont un seul lieu, exclus ensemble ; aussi pour la carte de toute la couche</translation>
    </message>
    <message>
        <source>Validation distance</source>
        <translation>Distance de la validation</translation>
    </message>
    <message>
        <source>Share of what is seen; painted in {} s.</source>
        <translation>Part de ce qui est visible ; dessinée en {} s.</translation>
    </message>
    <message>
        <source>The embedding is not in view; zoom to it.</source>
        <translation>Le plongement n’est pas visible ; zoomez dessus.</translation>
    </message>
    <message>
        <source>Not smoothed at this scale; the map of the whole layer is.</source>
        <translation>Non lissée à cette échelle ; la carte de toute la couche l’est.</translation>
    </message>
    <message>
        <source>Painted is the place that fills most of the view.</source>
        <translation>Le lieu qui remplit le plus la vue est dessiné.</translation>
    </message>
    <message>
        <source>Validation: {}</source>
        <translation>Validation : {}</translation>
    </message>
    <message>
        <source>Too few to know: draw samples of each class in two places or more, apart from each other.</source>
        <translation>Trop peu pour savoir : dessinez des échantillons de chaque classe en deux lieux ou plus, éloignés l’un de l’autre.</translation>
    </message>
    <message>
        <source>{} % right ({} … {} %) on {} places left out in turn</source>
        <translation>{} % justes ({} … {} %) sur {} lieux écartés tour à tour</translation>
    </message>
    <message>
        <source>{}, only {} m apart</source>
        <translation>{}, distants de {} m seulement</translation>
    </message>
    <message>
        <source>Too few to know: {}; no second place of {}.</source>
        <translation>Trop peu pour savoir : {} ; aucun second lieu de {}.</translation>
    </message>
    <message>
        <source>Too few to know: {}.</source>
        <translation>Trop peu pour savoir : {}.</translation>
    </message>
    <message>
        <source>{} that looks like {}</source>
        <translation>{} qui ressemble à {}</translation>
    </message>
</context>
<context>
    <name>LiveSession</name>
    <message>
        <source>Live map</source>
        <translation>Carte en direct</translation>
    </message>
    <message>
        <source>Live confidence</source>
        <translation>Confiance en direct</translation>
    </message>
    <message>
        <source>Embed a layer first, or choose an embedding.</source>
        <translation>Calculez d’abord le plongement d’une couche, ou choisissez un plongement.</translation>
    </message>
    <message>
        <source>Make a sample layer first, or choose one.</source>
        <translation>Créez d’abord une couche d’échantillons, ou choisissez-en une.</translation>
    </message>
</context>
<context>
    <name>MapFolder</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
    <message>
        <source>Map folder of scenes</source>
        <translation>Cartographier un dossier de scènes</translation>
    </message>
    <message>
        <source>Embeds all scenes of a folder and maps each with one model of classes. A scene that cannot be read is told with the reason, and the others go on.</source>
        <translation>Calcule le plongement de toutes les scènes d’un dossier et cartographie chacune avec un modèle de classes. Une scène illisible est signalée avec la raison, et les autres continuent.</translation>
    </message>
    <message>
        <source>A folder with NAME_map.tif of each scene, and the embeddings in the folder “embeddings” in it.</source>
        <translation>Un dossier avec NOM_map.tif de chaque scène, et les plongements dans son dossier « embeddings ».</translation>
    </message>
    <message>
        <source>Stopped, or with further scenes in the folder, run it again with the same folders: what is embedded is kept. For dates that vote on one map take a working set.</source>
        <translation>Arrêté, ou avec d’autres scènes dans le dossier : relancez avec les mêmes dossiers, les plongements prêts sont gardés. Pour que des dates votent pour une seule carte, prenez un jeu de travail.</translation>
    </message>
    <message>
        <source>Folder of scenes</source>
        <translation>Dossier des scènes</translation>
    </message>
    <message>
        <source>Sentinel-2 rasters, zips of products and .SAFE folders; embeddings in it are mapped as they are.</source>
        <translation>Rasters Sentinel-2, zips de produits et dossiers .SAFE ; les plongements qui s’y trouvent sont cartographiés tels quels.</translation>
    </message>
    <message>
        <source>Processing level</source>
        <translation>Niveau de traitement</translation>
    </message>
    <message>
        <source>Of all scenes; auto reads it from the metadata of each.</source>
        <translation>De toutes les scènes ; auto le lit dans les métadonnées de chacune.</translation>
    </message>
    <message>
        <source>Leave out clouds</source>
        <translation>Exclure les nuages</translation>
    </message>
    <message>
        <source>Leaves out what the scene classification of a product calls cloud, shadow or cirrus.</source>
        <translation>Laisse de côté ce que la classification de scène d’un produit appelle nuage, ombre ou cirrus.</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Lissage</translation>
    </message>
    <message>
        <source>How much its neighbours say in a pixel's class: none, edges, strong.</source>
        <translation>La part des voisins dans la classe d’un pixel : none (aucune), edges (jusqu’aux bords), strong (forte).</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>Confiance</translation>
    </message>
    <message>
        <source>Writes NAME_confidence.tif of each scene too.</source>
        <translation>Écrit aussi NOM_confidence.tif de chaque scène.</translation>
    </message>
    <message>
        <source>Keep the embeddings</source>
        <translation>Garder les plongements</translation>
    </message>
    <message>
        <source>Mapping with another model of classes then takes seconds; but they take far more disk than the maps. Unchecked, none is written.</source>
        <translation>Cartographier avec un autre modèle de classes ne prend alors que des secondes ; mais ils prennent bien plus de place que les cartes. Sans coche, aucun n’est écrit.</translation>
    </message>
    <message>
        <source>Load the maps</source>
        <translation>Charger les cartes</translation>
    </message>
    <message>
        <source>Adds the maps to the project when all are done.</source>
        <translation>Ajoute les cartes au projet quand toutes sont faites.</translation>
    </message>
    <message>
        <source>Folder of maps</source>
        <translation>Dossier des cartes</translation>
    </message>
    <message>
        <source>The folder to write into; maps of the same names are replaced.</source>
        <translation>Le dossier où écrire ; les cartes de mêmes noms sont remplacées.</translation>
    </message>
    <message>
        <source>Scenes mapped</source>
        <translation>Scènes cartographiées</translation>
    </message>
    <message>
        <source>Scenes that failed</source>
        <translation>Scènes en échec</translation>
    </message>
    <message>
        <source>Why they failed</source>
        <translation>Raisons des échecs</translation>
    </message>
    <message>
        <source>Maps</source>
        <translation>Cartes</translation>
    </message>
    <message>
        <source>“{}” is no folder; choose one.</source>
        <translation>« {} » n'est pas un dossier ; choisissez-en un.</translation>
    </message>
    <message>
        <source>“{}” holds no raster, zip or .SAFE folder; choose another one.</source>
        <translation>« {} » ne contient ni raster, ni zip, ni dossier .SAFE ; choisissez-en un autre.</translation>
    </message>
    <message>
        <source>The maps cannot go into the folder of the scenes; choose another one.</source>
        <translation>Les cartes ne peuvent pas aller dans le dossier des scènes ; choisissez-en un autre.</translation>
    </message>
    <message>
        <source>{0} of {1}: {2}</source>
        <translation>{0} sur {1} : {2}</translation>
    </message>
    <message>
        <source>{0} of {1} are done; run it again with the same folders to go on.</source>
        <translation>{0} sur {1} sont faites ; relancez avec les mêmes dossiers pour continuer.</translation>
    </message>
    <message>
        <source>Stopped before the first scene; run it again to begin.</source>
        <translation>Arrêté avant la première scène ; relancez pour commencer.</translation>
    </message>
    <message>
        <source>“{}” is no model of classes; make one with “Fit classes to samples”, or save it in the dock.</source>
        <translation>« {} » n’est pas un modèle de classes ; faites-en un avec « Apprendre les classes des échantillons » ou enregistrez-le dans le panneau.</translation>
    </message>
    <message>
        <source>Left out, for they are no scenes: {}</source>
        <translation>Laissé de côté, car ce ne sont pas des scènes : {}</translation>
    </message>
    <message>
        <source>Failed: {0}: {1}</source>
        <translation>Échec : {0} : {1}</translation>
    </message>
    <message>
        <source>No scene was mapped: {} failed, {} are no scenes; see above for why.</source>
        <translation>Aucune scène n'a été cartographiée : {} ont échoué, {} ne sont pas des scènes ; voir plus haut pourquoi.</translation>
    </message>
    <message>
        <source>{0} scenes mapped, {1} failed.</source>
        <translation>{0} scènes cartographiées, {1} en échec.</translation>
    </message>
</context>
<context>
    <name>MapPanel</name>
    <message>
        <source>Live map</source>
        <translation>Carte en direct</translation>
    </message>
    <message>
        <source>Where next</source>
        <translation>Où continuer</translation>
    </message>
    <message>
        <source>Similar places</source>
        <translation>Lieux semblables</translation>
    </message>
    <message>
        <source>Map of the whole layer</source>
        <translation>Carte de toute la couche</translation>
    </message>
</context>
<context>
    <name>MapSheets</name>
    <message>
        <source>The map is no longer in the project.</source>
        <translation>La carte n’est plus dans le projet.</translation>
    </message>
    <message>
        <source>Measuring the map</source>
        <translation>Mesure de la carte</translation>
    </message>
    <message>
        <source>Embedding: {}</source>
        <translation>Plongement : {}</translation>
    </message>
</context>
<context>
    <name>MapsClasses</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
</context>
<context>
    <name>MatrixTable</name>
    <message>
        <source>Points are what was labelled; shares of the area weigh them by how large each class is on the map</source>
        <translation>Les points sont ce qui a été étiqueté ; les parts de surface les pondèrent par la taille de chaque classe sur la carte</translation>
    </message>
    <message>
        <source>What the map says, by row, of what the reference says, by column</source>
        <translation>Ce que dit la carte, par ligne, de ce que dit la référence, par colonne</translation>
    </message>
    <message>
        <source>Error matrix</source>
        <translation>Matrice d’erreur</translation>
    </message>
    <message>
        <source>What the map shows in rows, what the reference says in columns.</source>
        <translation>Ce que montre la carte en lignes, ce que dit la référence en colonnes.</translation>
    </message>
    <message>
        <source>points</source>
        <translation>points</translation>
    </message>
    <message>
        <source>pixels</source>
        <translation>pixels</translation>
    </message>
    <message>
        <source>% of the area</source>
        <translation>% de la superficie</translation>
    </message>
    <message>
        <source>total</source>
        <translation>total</translation>
    </message>
    <message>
        <source>The map shows {0}, the reference says {1}: {2} {3}</source>
        <translation>La carte montre {0}, la référence dit {1} : {2} {3}</translation>
    </message>
    <message>
        <source>{0} % of the area, {1} ha</source>
        <translation>{0} % de la superficie, {1} ha</translation>
    </message>
</context>
<context>
    <name>OfEmbedding</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
</context>
<context>
    <name>OfMaps</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
</context>
<context>
    <name>OfScene</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
</context>
<context>
    <name>OfWorkingSet</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
</context>
<context>
    <name>OptionsPage</name>
    <message>
        <source>Where embeddings are kept, so that the same layer is embedded once</source>
        <translation>Où les plongements sont conservés, pour que chaque couche ne soit traitée qu’une fois</translation>
    </message>
    <message>
        <source> GB</source>
        <translation> Go</translation>
    </message>
    <message>
        <source>Beyond it the embeddings unused for longest are removed</source>
        <translation>Au-delà, les plongements inutilisés depuis le plus longtemps sont supprimés</translation>
    </message>
    <message>
        <source>Empty…</source>
        <translation>Vider…</translation>
    </message>
    <message>
        <source>Delete all embeddings in the cache that no layer of the project uses</source>
        <translation>Supprimer du cache tous les plongements qu’aucune couche du projet n’utilise</translation>
    </message>
    <message>
        <source>Encoders</source>
        <translation>Encodeurs</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>Tous les fichiers</translation>
    </message>
    <message>
        <source>The model to embed with: a name or a file; “default” comes with mmearth</source>
        <translation>Le modèle du plongement : un nom ou un fichier ; « default » est fourni avec mmearth</translation>
    </message>
    <message>
        <source>Python of your own</source>
        <translation>Votre propre Python</translation>
    </message>
    <message>
        <source>Leave it empty to use the environment below.</source>
        <translation>Laissez vide pour utiliser l’environnement ci-dessous.</translation>
    </message>
    <message>
        <source>Environment</source>
        <translation>Environnement</translation>
    </message>
    <message>
        <source>Embeddings</source>
        <translation>Plongements</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modèle</translation>
    </message>
    <message>
        <source>Cache</source>
        <translation>Cache</translation>
    </message>
    <message>
        <source>At most</source>
        <translation>Au plus</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>Occupé</translation>
    </message>
    <message>
        <source>Counting…</source>
        <translation>Calcul…</translation>
    </message>
    <message>
        <source>{size} GB</source>
        <translation>{size} Go</translation>
    </message>
    <message>
        <source>Not readable</source>
        <translation>Illisible</translation>
    </message>
    <message>
        <source>Delete the embeddings in {folder} that no layer of the project uses? They can be made again.</source>
        <translation>Supprimer les plongements de {folder} qu’aucune couche du projet n’utilise ? Ils peuvent être recalculés.</translation>
    </message>
    <message>
        <source>Empty the cache</source>
        <translation>Vider le cache</translation>
    </message>
</context>
<context>
    <name>Outline</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
    <message>
        <source>Outline</source>
        <translation>Tracer les contours</translation>
    </message>
    <message>
        <source>Turns the areas of a class map, or what lies above a threshold of a similarity, into polygons.</source>
        <translation>Transforme en polygones les surfaces d’une carte de classes, ou ce qui dépasse un seuil de similarité.</translation>
    </message>
    <message>
        <source>Polygons along the pixels' edges, with their class, pixels and hectares.</source>
        <translation>Polygones suivant les bords des pixels, avec leur classe, leurs pixels et leurs hectares.</translation>
    </message>
    <message>
        <source>For a similarity, begin with 0.6 and look where the edge runs; raise it when too much is inside.</source>
        <translation>Pour une similarité, commencez par 0.6 et regardez où passe la limite ; augmentez si trop de choses sont dedans.</translation>
    </message>
    <message>
        <source>Map or similarity</source>
        <translation>Carte ou similarité</translation>
    </message>
    <message>
        <source>A raster made by “Classify embedding”, “Cluster embedding” or “Find similar places”.</source>
        <translation>Un raster fait par « Classer le plongement », « Regrouper le plongement » ou « Trouver des lieux semblables ».</translation>
    </message>
    <message>
        <source>Threshold</source>
        <translation>Seuil</translation>
    </message>
    <message>
        <source>Of a similarity: what is at least so similar is outlined. Blank for a map.</source>
        <translation>Pour une similarité : ce qui est au moins aussi semblable est tracé. Vide pour une carte.</translation>
    </message>
    <message>
        <source>Fewest pixels</source>
        <translation>Nombre minimal de pixels</translation>
    </message>
    <message>
        <source>Areas of fewer pixels are left out.</source>
        <translation>Les surfaces de moins de pixels sont laissées de côté.</translation>
    </message>
    <message>
        <source>Polygons</source>
        <translation>Polygones</translation>
    </message>
    <message>
        <source>The polygons to write.</source>
        <translation>Les polygones à écrire.</translation>
    </message>
    <message>
        <source>Number of polygons</source>
        <translation>Nombre de polygones</translation>
    </message>
    <message>
        <source>{} polygons.</source>
        <translation>{} polygones.</translation>
    </message>
</context>
<context>
    <name>Plugin</name>
    <message>
        <source>MMEarth Few-Shot Mapper</source>
        <translation>MMEarth Few-Shot Mapper</translation>
    </message>
    <message>
        <source>Map land cover from a few samples</source>
        <translation>Cartographier l’occupation du sol à partir de quelques échantillons</translation>
    </message>
    <message>
        <source>Embed layer</source>
        <translation>Calculer le plongement</translation>
    </message>
    <message>
        <source>A layer is still being embedded. Quit all the same? Finished tiles are kept, and embedding the layer again goes on from there.</source>
        <translation>Le plongement d’une couche est encore en calcul. Quitter quand même ? Les tuiles terminées sont conservées, et le calcul reprendra là quand vous le relancerez.</translation>
    </message>
    <message>
        <source>{0}

Not begun yet, and to be asked for again then: {1}</source>
        <translation>{0}

Pas encore commencé, à redemander ensuite : {1}</translation>
    </message>
    <message>
        <source>Still embedding</source>
        <translation>Plongement en cours</translation>
    </message>
</context>
<context>
    <name>PolygonTool</name>
    <message>
        <source>click corners, right click ends</source>
        <translation>cliquez les sommets, clic droit pour finir</translation>
    </message>
    <message>
        <source>A polygon needs at least three corners.</source>
        <translation>Un polygone demande au moins trois sommets.</translation>
    </message>
    <message>
        <source>There is no class with that key; add it, or type another.</source>
        <translation>Il n'y a pas de classe avec cette touche ; ajoutez-la, ou tapez-en une autre.</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>Il n’y a rien à annuler.</translation>
    </message>
    <message>
        <source>There is nothing to redo.</source>
        <translation>Il n’y a rien à rétablir.</translation>
    </message>
    <message>
        <source>There is no sample under the cursor; move onto one.</source>
        <translation>Il n'y a pas d'échantillon sous le curseur ; placez-le sur l'un d'eux.</translation>
    </message>
    <message>
        <source>Choose or make a sample layer first.</source>
        <translation>Choisissez ou créez d’abord une couche d’échantillons.</translation>
    </message>
    <message>
        <source>Add a class first.</source>
        <translation>Ajoutez d’abord une classe.</translation>
    </message>
    <message>
        <source>This sample lies outside the embedding: nothing is learned from it. Z takes it back.</source>
        <translation>Cet échantillon est hors du plongement : rien n’en est appris. Z l’annule.</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0} : {1}</translation>
    </message>
</context>
<context>
    <name>Provider</name>
    <message>
        <source>MMEarth Few-Shot Mapper</source>
        <translation>MMEarth Few-Shot Mapper</translation>
    </message>
</context>
<context>
    <name>PythonChooser</name>
    <message>
        <source>Choose a Python program</source>
        <translation>Choisir un programme Python</translation>
    </message>
    <message>
        <source>The Python program of an environment in which mmearth is installed</source>
        <translation>Le programme Python d’un environnement où mmearth est installé</translation>
    </message>
    <message>
        <source>…/python or …\python.exe</source>
        <translation>…/python ou …\python.exe</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Tester</translation>
    </message>
    <message>
        <source>Start this Python and see whether mmearth works in it</source>
        <translation>Lancer ce Python et voir si mmearth y fonctionne</translation>
    </message>
    <message>
        <source>Testing, this takes some seconds…</source>
        <translation>Test en cours, quelques secondes…</translation>
    </message>
</context>
<context>
    <name>RectangleTool</name>
    <message>
        <source>Keep the button pressed while you draw.</source>
        <translation>Gardez le bouton enfoncé pendant que vous dessinez.</translation>
    </message>
    <message>
        <source>drag from corner to corner, or click both</source>
        <translation>glisser d’un coin à l’autre, ou cliquer les deux</translation>
    </message>
    <message>
        <source>There is no class with that key; add it, or type another.</source>
        <translation>Il n'y a pas de classe avec cette touche ; ajoutez-la, ou tapez-en une autre.</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>Il n’y a rien à annuler.</translation>
    </message>
    <message>
        <source>There is nothing to redo.</source>
        <translation>Il n’y a rien à rétablir.</translation>
    </message>
    <message>
        <source>There is no sample under the cursor; move onto one.</source>
        <translation>Il n'y a pas d'échantillon sous le curseur ; placez-le sur l'un d'eux.</translation>
    </message>
    <message>
        <source>Choose or make a sample layer first.</source>
        <translation>Choisissez ou créez d’abord une couche d’échantillons.</translation>
    </message>
    <message>
        <source>Add a class first.</source>
        <translation>Ajoutez d’abord une classe.</translation>
    </message>
    <message>
        <source>This sample lies outside the embedding: nothing is learned from it. Z takes it back.</source>
        <translation>Cet échantillon est hors du plongement : rien n’en est appris. Z l’annule.</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0} : {1}</translation>
    </message>
</context>
<context>
    <name>ReferenceSample</name>
    <message>
        <source>Reference points</source>
        <translation>Points de référence</translation>
    </message>
    <message>
        <source>not labelled</source>
        <translation>non étiqueté</translation>
    </message>
    <message>
        <source>labelled</source>
        <translation>étiqueté</translation>
    </message>
    <message>
        <source>Does not tell the class of the map</source>
        <translation>Ne révèle pas la classe de la carte</translation>
    </message>
</context>
<context>
    <name>RelabelTool</name>
    <message>
        <source>click samples to give them this class</source>
        <translation>cliquer des échantillons pour leur donner cette classe</translation>
    </message>
    <message>
        <source>There is no class with that key; add it, or type another.</source>
        <translation>Il n'y a pas de classe avec cette touche ; ajoutez-la, ou tapez-en une autre.</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>Il n’y a rien à annuler.</translation>
    </message>
    <message>
        <source>There is nothing to redo.</source>
        <translation>Il n’y a rien à rétablir.</translation>
    </message>
    <message>
        <source>There is no sample under the cursor; move onto one.</source>
        <translation>Il n'y a pas d'échantillon sous le curseur ; placez-le sur l'un d'eux.</translation>
    </message>
    <message>
        <source>Choose or make a sample layer first.</source>
        <translation>Choisissez ou créez d’abord une couche d’échantillons.</translation>
    </message>
    <message>
        <source>Add a class first.</source>
        <translation>Ajoutez d’abord une classe.</translation>
    </message>
    <message>
        <source>This sample lies outside the embedding: nothing is learned from it. Z takes it back.</source>
        <translation>Cet échantillon est hors du plongement : rien n’en est appris. Z l’annule.</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0} : {1}</translation>
    </message>
</context>
<context>
    <name>ReplacedFiles</name>
    <message>
        <source>{} is a file with unsaved edits ({}); save or discard them, or choose another name.</source>
        <translation>{} est un fichier aux modifications non enregistrées ({}) : enregistrez-les ou annulez-les, ou choisissez un autre nom.</translation>
    </message>
</context>
<context>
    <name>ReportDocument</name>
    <message>
        <source>Writing the report</source>
        <translation>Écriture du rapport</translation>
    </message>
    <message>
        <source>{} cannot be written ({}); choose another folder.</source>
        <translation>{} ne peut pas être écrit ({}) ; choisissez un autre dossier.</translation>
    </message>
    <message>
        <source>The report was cancelled.</source>
        <translation>Le rapport a été annulé.</translation>
    </message>
    <message>
        <source>The report could not be set; the log tells more.</source>
        <translation>Le rapport n’a pas pu être mis en page ; le journal en dit plus.</translation>
    </message>
</context>
<context>
    <name>RunBox</name>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>Stop; finished tiles are kept and embedding goes on there next time</source>
        <translation>Arrêter ; les tuiles terminées restent, et le calcul reprendra là la prochaine fois</translation>
    </message>
    <message>
        <source>{0} was not embedded: {1}</source>
        <translation>Plongement de {0} non calculé : {1}</translation>
    </message>
    <message>
        <source>Waits: {}</source>
        <translation>En attente : {}</translation>
    </message>
    <message>
        <source>Do not embed {}</source>
        <translation>Ne pas calculer le plongement de {}</translation>
    </message>
    <message>
        <source>… and {} more</source>
        <translation>… et {} de plus</translation>
    </message>
</context>
<context>
    <name>Sample</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
    <message>
        <source>Draw reference sample</source>
        <translation>Tirer un échantillon de référence</translation>
    </message>
    <message>
        <source>Draws random pixels of a map, stratified by its classes, to be labelled without looking at it.</source>
        <translation>Tire des pixels aléatoires d’une carte, stratifiés selon ses classes, à étiqueter sans la regarder.</translation>
    </message>
    <message>
        <source>Points in random order with an empty field class to fill, and fields that “Assess map” weighs them by.</source>
        <translation>Points dans un ordre aléatoire avec un champ class vide à remplir, et des champs d’après lesquels « Évaluer une carte » les pondère.</translation>
    </message>
    <message>
        <source>Hide the map and the field stratum while you label: who knows the answer, agrees too easily.</source>
        <translation>Masquez la carte et le champ stratum pendant l’étiquetage : qui connaît la réponse l’approuve trop facilement.</translation>
    </message>
    <message>
        <source>Number of points</source>
        <translation>Nombre de points</translation>
    </message>
    <message>
        <source>In all. A few hundred give intervals of a few percent.</source>
        <translation>Au total. Quelques centaines donnent des intervalles de quelques pour cent.</translation>
    </message>
    <message>
        <source>At least in each class</source>
        <translation>Au moins dans chaque classe</translation>
    </message>
    <message>
        <source>Points get shared out by area, but no class gets fewer; blank: 50, or what the number allows.</source>
        <translation>Les points sont répartis selon la surface, mais aucune classe n’en reçoit moins ; vide : 50, ou ce que le nombre permet.</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Graine</translation>
    </message>
    <message>
        <source>The same map, numbers and seed give the same points.</source>
        <translation>La même carte, les mêmes nombres et la même graine donnent les mêmes points.</translation>
    </message>
    <message>
        <source>Reference sample</source>
        <translation>Échantillon de référence</translation>
    </message>
    <message>
        <source>The points to write.</source>
        <translation>Les points à écrire.</translation>
    </message>
</context>
<context>
    <name>SampleCheck</name>
    <message>
        <source>Choose an embedding to see pixels and doubtful samples.</source>
        <translation>Choisissez un plongement pour voir les pixels et les échantillons douteux.</translation>
    </message>
    <message>
        <source>Looking at the samples…</source>
        <translation>Examen des échantillons…</translation>
    </message>
</context>
<context>
    <name>SampleDrawing</name>
    <message>
        <source>Drawing the reference sample</source>
        <translation>Tirage de l’échantillon de référence</translation>
    </message>
</context>
<context>
    <name>SampleLayerBox</name>
    <message>
        <source>Samples</source>
        <translation>Échantillons</translation>
    </message>
    <message>
        <source>New sample layer</source>
        <translation>Nouvelle couche</translation>
    </message>
    <message>
        <source>The worker is being started for the first time; it says what classes are like.</source>
        <translation>Le processus de calcul démarre pour la première fois ; il indique à quoi ressemblent les classes.</translation>
    </message>
    <message>
        <source>Make an empty GeoPackage for samples beside the embedding</source>
        <translation>Créer un GeoPackage vide pour les échantillons à côté du plongement</translation>
    </message>
    <message>
        <source>The classes the new layer starts with: {} or none</source>
        <translation>Les classes de départ de la nouvelle couche : {} ou aucune</translation>
    </message>
    <message>
        <source>Land cover ({})</source>
        <translation>Occupation du sol ({})</translation>
    </message>
    <message>
        <source>Empty</source>
        <translation>Vide</translation>
    </message>
    <message>
        <source>The layer of samples: polygons, in which you can draw, lines or points</source>
        <translation>La couche des échantillons : polygones, où l’on peut dessiner, lignes ou points</translation>
    </message>
    <message>
        <source>The field that names the class of each sample</source>
        <translation>Le champ qui nomme la classe de chaque échantillon</translation>
    </message>
    <message>
        <source>Layer</source>
        <translation>Couche</translation>
    </message>
    <message>
        <source>Class field</source>
        <translation>Champ de classe</translation>
    </message>
</context>
<context>
    <name>SampleModel</name>
    <message>
        <source>Pixels of the embedding that the sample covers: what is learned from it</source>
        <translation>Pixels du plongement couverts par l'échantillon : ce qui en est appris</translation>
    </message>
    <message>
        <source>What a model takes the sample for that did not learn from this place</source>
        <translation>Ce pour quoi un modèle qui n'a pas appris de ce lieu prend l'échantillon</translation>
    </message>
    <message>
        <source>Share of the sample's pixels that this model takes for the class it was drawn as</source>
        <translation>Part des pixels de l'échantillon que ce modèle prend pour la classe dessinée</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>Classe</translation>
    </message>
    <message>
        <source>Area</source>
        <translation>Surface</translation>
    </message>
    <message>
        <source>Pixels</source>
        <translation>Pixels</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Origine</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Date</translation>
    </message>
    <message>
        <source>Looks like</source>
        <translation>Ressemble à</translation>
    </message>
    <message>
        <source>Agrees</source>
        <translation>Accord</translation>
    </message>
    <message>
        <source>drawn</source>
        <translation>dessiné</translation>
    </message>
    <message>
        <source>Not looked at yet: this takes an embedding and samples of two classes.</source>
        <translation>Pas encore examiné : il faut un plongement et des échantillons de deux classes.</translation>
    </message>
    <message>
        <source>No pixel can be learned from: the sample lies outside, on no-data or under samples of other classes.</source>
        <translation>Aucun pixel à apprendre : l'échantillon est hors de l'image, sur NoData ou sous des échantillons d'autres classes.</translation>
    </message>
    <message>
        <source>No model can do without this place: the class has no samples anywhere else.</source>
        <translation>Aucun modèle ne peut se passer de ce lieu : la classe n'a pas d'échantillon ailleurs.</translation>
    </message>
    <message>
        <source>{} % of its pixels are taken for {}, most for {}</source>
        <translation>{} % de ses pixels sont pris pour {}, la plupart pour {}</translation>
    </message>
    <message>
        <source>This was before the last change; it is looked at again when the hand rests.</source>
        <translation>C’était avant la dernière modification ; ce sera revu dès que la main se repose.</translation>
    </message>
</context>
<context>
    <name>SampleTool</name>
    <message>
        <source>There is no class with that key; add it, or type another.</source>
        <translation>Il n'y a pas de classe avec cette touche ; ajoutez-la, ou tapez-en une autre.</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>Il n’y a rien à annuler.</translation>
    </message>
    <message>
        <source>There is nothing to redo.</source>
        <translation>Il n’y a rien à rétablir.</translation>
    </message>
    <message>
        <source>There is no sample under the cursor; move onto one.</source>
        <translation>Il n'y a pas d'échantillon sous le curseur ; placez-le sur l'un d'eux.</translation>
    </message>
    <message>
        <source>Choose or make a sample layer first.</source>
        <translation>Choisissez ou créez d’abord une couche d’échantillons.</translation>
    </message>
    <message>
        <source>Add a class first.</source>
        <translation>Ajoutez d’abord une classe.</translation>
    </message>
    <message>
        <source>This sample lies outside the embedding: nothing is learned from it. Z takes it back.</source>
        <translation>Cet échantillon est hors du plongement : rien n’en est appris. Z l’annule.</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0} : {1}</translation>
    </message>
</context>
<context>
    <name>SampleWindow</name>
    <message>
        <source>There is no class {}.</source>
        <translation>Il n'y a pas de classe {}.</translation>
    </message>
    <message>
        <source>Samples</source>
        <translation>Échantillons</translation>
    </message>
    <message>
        <source>Samples – {}</source>
        <translation>Échantillons – {}</translation>
    </message>
    <message>
        <source>New class</source>
        <translation>Nouvelle classe</translation>
    </message>
    <message>
        <source>Name of the new class:</source>
        <translation>Nom de la nouvelle classe :</translation>
    </message>
    <message>
        <source>{} of {} selected</source>
        <translation>{} sur {} sélectionnés</translation>
    </message>
    <message>
        <source>No samples yet.</source>
        <translation>Pas encore d'échantillon.</translation>
    </message>
    <message>
        <source>{} look like another class</source>
        <translation>{} ressemblent à une autre classe</translation>
    </message>
    <message>
        <source>Digits give the selected samples a class, Delete erases them, Return or a double click shows them</source>
        <translation>Les chiffres donnent une classe aux échantillons sélectionnés, Suppr les efface, Entrée ou un double-clic les montre</translation>
    </message>
    <message>
        <source>Give class</source>
        <translation>Donner une classe</translation>
    </message>
    <message>
        <source>Give the selected samples another class; its digit does the same</source>
        <translation>Donner une autre classe aux échantillons sélectionnés ; son chiffre fait de même</translation>
    </message>
    <message>
        <source>New class…</source>
        <translation>Nouvelle classe…</translation>
    </message>
    <message>
        <source>Split the selected samples off: they become a class of their own</source>
        <translation>Séparer les échantillons sélectionnés : ils deviennent une classe à part</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Montrer</translation>
    </message>
    <message>
        <source>Show the selected samples on the map (Return, or a double click)</source>
        <translation>Montrer les échantillons sélectionnés sur la carte (Entrée ou double-clic)</translation>
    </message>
    <message>
        <source>Erase</source>
        <translation>Effacer</translation>
    </message>
    <message>
        <source>Erase the selected samples (Delete); undo brings them back</source>
        <translation>Effacer les échantillons sélectionnés (Suppr) ; annuler les ramène</translation>
    </message>
    <message>
        <source>Only doubtful ones</source>
        <translation>Seulement les douteux</translation>
    </message>
    <message>
        <source>Only samples that look like another class: mislabelled, mixed, or unlike the others of theirs</source>
        <translation>Seulement les échantillons qui ressemblent à une autre classe : mal étiquetés, mixtes ou différents des autres</translation>
    </message>
</context>
<context>
    <name>Samples</name>
    <message>
        <source>New class {}</source>
        <translation>Nouvelle classe {}</translation>
    </message>
    <message>
        <source>Rename {} to {}</source>
        <translation>Renommer {} en {}</translation>
    </message>
    <message>
        <source>Colour of {}</source>
        <translation>Couleur de {}</translation>
    </message>
    <message>
        <source>Remove {}</source>
        <translation>Supprimer {}</translation>
    </message>
    <message>
        <source>Merge {} into {}</source>
        <translation>Fusionner {} dans {}</translation>
    </message>
    <message>
        <source>The class has no name; type one.</source>
        <translation>La classe n'a pas de nom ; saisissez-en un.</translation>
    </message>
    <message>
        <source>There is a class {} already; choose another name.</source>
        <translation>Il y a déjà une classe {} ; choisissez un autre nom.</translation>
    </message>
    <message>
        <source>{} is too long, for the field takes {} characters; choose a shorter name.</source>
        <translation>{} est trop long, car le champ accepte {} caractères ; choisissez un nom plus court.</translation>
    </message>
    <message>
        <source>{} cannot be read ({}); choose a file that you may read.</source>
        <translation>{} ne peut pas être lu ({}) ; choisissez un fichier que vous pouvez lire.</translation>
    </message>
    <message>
        <source>{} is not a class set, for it is no JSON; choose another file.</source>
        <translation>{} n'est pas un jeu de classes, car ce n'est pas du JSON ; choisissez un autre fichier.</translation>
    </message>
    <message>
        <source>{} is not a class set, for its “format” is not “{}”; choose another file.</source>
        <translation>{} n'est pas un jeu de classes, car son « format » n'est pas « {} » ; choisissez un autre fichier.</translation>
    </message>
    <message>
        <source>{} has version {} of the format of class sets, this plugin reads version {}; update it.</source>
        <translation>{} a la version {} du format des jeux de classes, cette extension lit la version {} ; mettez-la à jour.</translation>
    </message>
    <message>
        <source>{} lists no classes; add some to it.</source>
        <translation>{} ne contient aucune classe ; ajoutez-en.</translation>
    </message>
    <message>
        <source>code</source>
        <translation>le code</translation>
    </message>
    <message>
        <source>name</source>
        <translation>le nom</translation>
    </message>
    <message>
        <source>{} has the {} {} twice; correct it there.</source>
        <translation>{} contient deux fois {} {} ; corrigez-le dans ce fichier.</translation>
    </message>
    <message>
        <source>{} cannot be written ({}); choose another place.</source>
        <translation>{} ne peut pas être écrit ({}) ; choisissez un autre emplacement.</translation>
    </message>
    <message>
        <source>Two classes would be called {}; rename one of them first.</source>
        <translation>Deux classes s'appelleraient {} ; renommez-en une d'abord.</translation>
    </message>
    <message>
        <source>Class set {}</source>
        <translation>Jeu de classes {}</translation>
    </message>
    <message>
        <source>{}: class {} is no object with name and colour; correct it there.</source>
        <translation>{} : la classe {} n'est pas un objet avec nom et couleur ; corrigez-la dans ce fichier.</translation>
    </message>
    <message>
        <source>{}: class {} has no name; give it one there.</source>
        <translation>{} : la classe {} n'a pas de nom ; donnez-lui-en un dans ce fichier.</translation>
    </message>
    <message>
        <source>{}: the colour of {} is no colour; write it like #0072b2.</source>
        <translation>{} : la couleur de {} n'en est pas une ; écrivez-la comme #0072b2.</translation>
    </message>
    <message>
        <source>{}: the code of {} is no whole number; correct it there.</source>
        <translation>{} : le code de {} n'est pas un nombre entier ; corrigez-le dans ce fichier.</translation>
    </message>
    <message>
        <source>water</source>
        <translation>eau</translation>
    </message>
    <message>
        <source>forest</source>
        <translation>forêt</translation>
    </message>
    <message>
        <source>grass</source>
        <translation>prairie</translation>
    </message>
    <message>
        <source>crop</source>
        <translation>cultures</translation>
    </message>
    <message>
        <source>built</source>
        <translation>bâti</translation>
    </message>
    <message>
        <source>bare</source>
        <translation>sol nu</translation>
    </message>
    <message>
        <source>A map holds {} classes and their values are used up; start a new sample layer.</source>
        <translation>Une carte contient {} classes et leurs valeurs sont épuisées ; commencez une nouvelle couche d’échantillons.</translation>
    </message>
    <message>
        <source>Field {} of {} has more than {} different values; choose the field with the class.</source>
        <translation>Le champ {} de {} a plus de {} valeurs différentes ; choisissez le champ qui contient la classe.</translation>
    </message>
    <message>
        <source>{} holds no polygons, so nothing can be taken in; make a new sample layer.</source>
        <translation>{} ne contient pas de polygones et ne peut rien importer ; créez une nouvelle couche d'échantillons.</translation>
    </message>
    <message>
        <source>Points and lines become pixels of an embedding; choose an embedding first.</source>
        <translation>Les points et lignes deviennent des pixels d'un plongement ; choisissez d'abord un plongement.</translation>
    </message>
    <message>
        <source>without a class</source>
        <translation>sans classe</translation>
    </message>
    <message>
        <source>of the same shape as a sample there is</source>
        <translation>de même forme qu'un échantillon existant</translation>
    </message>
    <message>
        <source>Import of {}</source>
        <translation>Import de {}</translation>
    </message>
    <message>
        <source>{} does not take the new samples; check that the layer can be edited.</source>
        <translation>{} n'accepte pas les nouveaux échantillons ; vérifiez que la couche est modifiable.</translation>
    </message>
    <message>
        <source>without a shape</source>
        <translation>sans forme</translation>
    </message>
    <message>
        <source>at places that one of the coordinate systems does not have</source>
        <translation>en des lieux qu'un des systèmes de coordonnées n'a pas</translation>
    </message>
    <message>
        <source>outside the embedding</source>
        <translation>hors du plongement</translation>
    </message>
    <message>
        <source>without an area</source>
        <translation>sans surface</translation>
    </message>
    <message>
        <source>{} cannot be edited: its file or the layer is read-only; choose another sample layer.</source>
        <translation>{} ne peut pas être modifié : son fichier ou la couche est en lecture seule ; choisissez une autre couche d’échantillons.</translation>
    </message>
    <message>
        <source>{} cannot be edited; choose another sample layer.</source>
        <translation>{} ne peut pas être modifié ; choisissez une autre couche d’échantillons.</translation>
    </message>
    <message>
        <source>What {} holds counts as samples, but only polygons can be drawn; make a new sample layer.</source>
        <translation>Ce que contient {} compte comme échantillons, mais seuls des polygones peuvent être dessinés ; créez une nouvelle couche d’échantillons.</translation>
    </message>
    <message>
        <source>Sample of {}</source>
        <translation>Échantillon de {}</translation>
    </message>
    <message>
        <source>{} does not take the new sample; check that the layer can be edited.</source>
        <translation>{} n'accepte pas le nouvel échantillon ; vérifiez que la couche est modifiable.</translation>
    </message>
    <message>
        <source>Erase sample</source>
        <translation>Effacer l’échantillon</translation>
    </message>
    <message>
        <source>Erase {} samples</source>
        <translation>Effacer {} échantillons</translation>
    </message>
    <message>
        <source>Sample becomes {}</source>
        <translation>L’échantillon devient {}</translation>
    </message>
    <message>
        <source>{} samples become {}</source>
        <translation>{} échantillons deviennent {}</translation>
    </message>
    <message>
        <source>no reason given</source>
        <translation>aucune raison donnée</translation>
    </message>
    <message>
        <source>{} could not be saved ({}); check that its file can be written, and save again.</source>
        <translation>{} n'a pas pu être enregistrée ({}) ; vérifiez que son fichier est accessible en écriture, puis enregistrez de nouveau.</translation>
    </message>
    <message>
        <source>That place cannot be expressed in the CRS of {} ({}); draw elsewhere, or use a layer in another CRS.</source>
        <translation>Cet endroit ne peut pas être exprimé dans le SCR de {} ({}) ; dessinez ailleurs, ou prenez une couche dans un autre SCR.</translation>
    </message>
    <message>
        <source>The shape has no area; draw a larger one.</source>
        <translation>La forme n’a pas de surface ; dessinez-en une plus grande.</translation>
    </message>
    <message>
        <source>{} exists already; choose another name.</source>
        <translation>{} existe déjà ; choisissez un autre nom.</translation>
    </message>
    <message>
        <source>{} cannot be made without a coordinate reference system; set that of the project first.</source>
        <translation>{} ne peut pas être créé sans système de coordonnées ; définissez d'abord celui du projet.</translation>
    </message>
    <message>
        <source>it does not open again</source>
        <translation>le fichier ne se rouvre pas</translation>
    </message>
    <message>
        <source>{} is not a layer of polygons, lines or points; choose such a layer.</source>
        <translation>{} n'est pas une couche de polygones, de lignes ou de points ; choisissez-en une.</translation>
    </message>
    <message>
        <source>Field {} of {} holds other than whole numbers; choose the field with the class.</source>
        <translation>Le champ {} de {} contient autre chose que des nombres entiers ; choisissez le champ de la classe.</translation>
    </message>
    <message>
        <source>{} has no field {}; choose the field with the class.</source>
        <translation>{} n’a pas de champ {} ; choisissez le champ qui contient la classe.</translation>
    </message>
</context>
<context>
    <name>SamplesPanel</name>
    <message>
        <source>There is no sample layer; make one first, or choose one.</source>
        <translation>Il n'y a pas de couche d'échantillons ; créez-en une d'abord, ou choisissez-en une.</translation>
    </message>
    <message>
        <source>The worker is being started for the first time; it says what classes are like.</source>
        <translation>Le processus de calcul démarre pour la première fois ; il indique à quoi ressemblent les classes.</translation>
    </message>
    <message>
        <source>There is no class {}.</source>
        <translation>Il n'y a pas de classe {}.</translation>
    </message>
    <message>
        <source>Save edits ({} unsaved)</source>
        <translation>Enregistrer ({} en attente)</translation>
    </message>
    <message>
        <source>Save edits</source>
        <translation>Enregistrer les modifications</translation>
    </message>
    <message>
        <source>Make a sample layer, or choose a layer of polygons and the field that names the class.</source>
        <translation>Créez une couche d’échantillons, ou choisissez une couche de polygones et le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>Add at least two classes: a map tells one from another.</source>
        <translation>Ajoutez au moins deux classes : une carte distingue l’une de l’autre.</translation>
    </message>
    <message>
        <source>Draw at least two samples of each class, apart from each other. Still to do: {}.</source>
        <translation>Dessinez au moins deux échantillons de chaque classe, à distance l’un de l’autre. Encore à faire : {}.</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Classes</translation>
    </message>
    <message>
        <source>Draw</source>
        <translation>Dessiner</translation>
    </message>
    <message>
        <source>On the map digits choose the class; ? shows all keys.</source>
        <translation>Sur la carte, les chiffres choisissent la classe ; ? montre toutes les touches.</translation>
    </message>
    <message>
        <source>Take the last edit back (Z on the map)</source>
        <translation>Annuler la dernière modification (Z sur la carte)</translation>
    </message>
    <message>
        <source>Do again what was taken back (Shift+Z on the map)</source>
        <translation>Rétablir ce qui a été annulé (Maj+Z sur la carte)</translation>
    </message>
    <message>
        <source>Relabel</source>
        <translation>Réétiqueter</translation>
    </message>
    <message>
        <source>Click samples to give them this class</source>
        <translation>Cliquer des échantillons pour leur donner cette classe</translation>
    </message>
    <message>
        <source>Write the samples to their file; the map follows unsaved ones too</source>
        <translation>Écrire les échantillons dans leur fichier ; la carte suit aussi ceux qui ne sont pas enregistrés</translation>
    </message>
</context>
<context>
    <name>SceneTable</name>
    <message>
        <source>Scene</source>
        <translation>Scène</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Date</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Lieu</translation>
    </message>
    <message>
        <source>State</source>
        <translation>État</translation>
    </message>
    <message>
        <source>Double-click to say the day the image was taken, as 2021-05-27</source>
        <translation>Double-cliquez pour indiquer le jour de la prise de vue, comme 2021-05-27</translation>
    </message>
    <message>
        <source>By its name; double-click if the image was taken on another day</source>
        <translation>D’après son nom ; double-cliquez si l’image a été prise un autre jour</translation>
    </message>
    <message>
        <source>{}
Double-click to answer it in the Embed tab</source>
        <translation>{}
Double-cliquez pour y répondre dans l’onglet du plongement</translation>
    </message>
    <message>
        <source>{}
Say where it is now (Change Data Source… of the layer), or remove the layer</source>
        <translation>{}
Dites où il est maintenant (Changer la source de données… de la couche), ou retirez la couche</translation>
    </message>
    <message>
        <source>Do not embed it; finished tiles are kept</source>
        <translation>Ne pas calculer ; les tuiles terminées restent</translation>
    </message>
</context>
<context>
    <name>Scenes</name>
    <message>
        <source>{} %</source>
        <translation>{} %</translation>
    </message>
    <message>
        <source>embedded</source>
        <translation>plongement prêt</translation>
    </message>
    <message>
        <source>changed since it was embedded</source>
        <translation>modifiée depuis le plongement</translation>
    </message>
    <message>
        <source>its file is gone</source>
        <translation>le fichier a disparu</translation>
    </message>
    <message>
        <source>not embedded</source>
        <translation>sans plongement</translation>
    </message>
    <message>
        <source>layer to learn from</source>
        <translation>couche d’apprentissage</translation>
    </message>
    <message>
        <source>waits</source>
        <translation>en attente</translation>
    </message>
    <message>
        <source>failed: {}</source>
        <translation>échec : {}</translation>
    </message>
</context>
<context>
    <name>ScenesWindow</name>
    <message>
        <source>Several scenes</source>
        <translation>Plusieurs scènes</translation>
    </message>
    <message>
        <source>{} added and ticked.</source>
        <translation>{} ajoutées et cochées.</translation>
    </message>
    <message>
        <source>Nothing was added.</source>
        <translation>Rien n’a été ajouté.</translation>
    </message>
    <message>
        <source>Left out, for they are no scenes ({0}): {1}</source>
        <translation>Laissé de côté, car ce ne sont pas des scènes ({0}) : {1}</translation>
    </message>
    <message>
        <source>The folder {0} cannot be read ({1}); choose another one.</source>
        <translation>Le dossier {0} ne peut pas être lu ({1}) ; choisissez-en un autre.</translation>
    </message>
    <message>
        <source>Putting them together…</source>
        <translation>Assemblage…</translation>
    </message>
    <message>
        <source>{} is not a working set; make one with “Save set…”.</source>
        <translation>{} n’est pas un jeu de travail ; créez-en un avec « Enregistrer le jeu… ».</translation>
    </message>
    <message>
        <source>The working set names files in other places:

{}

Read them?</source>
        <translation>Le jeu de travail nomme des fichiers situés ailleurs :

{}

Les lire ?</translation>
    </message>
    <message>
        <source>Files elsewhere</source>
        <translation>Fichiers ailleurs</translation>
    </message>
    <message>
        <source>Cannot be opened: {}</source>
        <translation>Impossible à ouvrir : {}</translation>
    </message>
    <message>
        <source>Add rasters…</source>
        <translation>Ajouter des rasters…</translation>
    </message>
    <message>
        <source>Scenes, embeddings that others made, and layers such as heights</source>
        <translation>Scènes, plongements d’autrui et couches telles que les altitudes</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>Ajouter un dossier…</translation>
    </message>
    <message>
        <source>All scenes of a folder</source>
        <translation>Toutes les scènes d’un dossier</translation>
    </message>
    <message>
        <source>Open set…</source>
        <translation>Ouvrir un jeu…</translation>
    </message>
    <message>
        <source>Open a working set: the file that the toolbox and the command line take too</source>
        <translation>Ouvrir un jeu de travail : le fichier que prennent aussi la boîte à outils et la ligne de commande</translation>
    </message>
    <message>
        <source>Save set…</source>
        <translation>Enregistrer le jeu…</translation>
    </message>
    <message>
        <source>Save what is ticked as a working set, with the samples in work when they are saved</source>
        <translation>Enregistrer ce qui est coché comme jeu de travail, avec les échantillons utilisés s’ils sont enregistrés</translation>
    </message>
    <message>
        <source>Embed what is ticked and not embedded yet, one after the other; you can go on working meanwhile</source>
        <translation>Calculer les plongements cochés qui manquent, l’un après l’autre ; vous pouvez continuer à travailler</translation>
    </message>
    <message>
        <source>Work with these</source>
        <translation>Travailler avec</translation>
    </message>
    <message>
        <source>Cancel all</source>
        <translation>Tout annuler</translation>
    </message>
    <message>
        <source>Embed nothing more; finished tiles are kept</source>
        <translation>Ne plus rien calculer ; les tuiles finies sont gardées</translation>
    </message>
    <message>
        <source>Draw samples</source>
        <translation>Dessiner des échantillons</translation>
    </message>
    <message>
        <source>The next step: draw in any of the scenes; all of them are mapped</source>
        <translation>L’étape suivante : dessiner dans n’importe quelle scène ; toutes sont cartographiées</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>Changement…</translation>
    </message>
    <message>
        <source>Map what became what between two dates, with areas in hectares</source>
        <translation>Cartographier ce qui est devenu quoi entre deux dates, avec les surfaces en hectares</translation>
    </message>
    <message>
        <source>Tick what belongs together: dates of one place, several places, layers to learn from.</source>
        <translation>Cochez ce qui va ensemble : dates d’un lieu, plusieurs lieux, couches d’apprentissage.</translation>
    </message>
    <message>
        <source>Embed {}</source>
        <translation>Plongement de {}</translation>
    </message>
    <message>
        <source>Embed</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>They are no longer worked on together; tick what belongs together, and “Work with these”.</source>
        <translation>Elles ne sont plus utilisées ensemble ; cochez ce qui va ensemble, puis « Travailler avec ».</translation>
    </message>
    <message>
        <source>{} ticked whose files are gone are left out: find them again, or take the tick away</source>
        <translation>{} cochées dont les fichiers ont disparu sont laissées de côté : retrouvez-les, ou décochez-les</translation>
    </message>
    <message>
        <source>{} ticked and not embedded: embed them first, or they are left out</source>
        <translation>{} cochées sans plongement : calculez-le d’abord, sinon elles sont laissées de côté</translation>
    </message>
    <message>
        <source>Tick two scenes, or a scene and a layer; a single one is chosen in the Embed tab</source>
        <translation>Cochez deux scènes, ou une scène et une couche ; une seule se choisit dans l’onglet du plongement</translation>
    </message>
    <message>
        <source>Their dates are being read</source>
        <translation>Leurs dates sont en lecture</translation>
    </message>
    <message>
        <source>Samples and maps are of all that is ticked: dates of a place vote, each place gets a map</source>
        <translation>Échantillons et cartes portent sur tout ce qui est coché : les dates d’un lieu votent, chaque lieu a sa carte</translation>
    </message>
    <message>
        <source>Worked on now: {0} scenes ({1}). Samples may be drawn in any of them.</source>
        <translation>En cours : {0} scènes ({1}). Les échantillons peuvent être dessinés dans chacune.</translation>
    </message>
    <message>
        <source>Saved: {0} scenes ({1}).</source>
        <translation>Enregistré : {0} scènes ({1}).</translation>
    </message>
    <message>
        <source>Add rasters</source>
        <translation>Ajouter des rasters</translation>
    </message>
    <message>
        <source>Add the scenes of a folder</source>
        <translation>Ajouter les scènes d’un dossier</translation>
    </message>
    <message>
        <source>Open working set</source>
        <translation>Ouvrir un jeu de travail</translation>
    </message>
    <message>
        <source>Nothing that is ticked is embedded yet.</source>
        <translation>Rien de coché n’a encore de plongement.</translation>
    </message>
    <message>
        <source>Save working set</source>
        <translation>Enregistrer le jeu de travail</translation>
    </message>
    <message>
        <source>Working sets (*.json)</source>
        <translation>Jeux de travail (*.json)</translation>
    </message>
</context>
<context>
    <name>SeenBox</name>
    <message>
        <source>Natural colour</source>
        <translation>Couleurs naturelles</translation>
    </message>
    <message>
        <source>The scene as the eye sees it</source>
        <translation>La scène telle que l’œil la voit</translation>
    </message>
    <message>
        <source>False colour</source>
        <translation>Fausses couleurs</translation>
    </message>
    <message>
        <source>The scene in near infrared: red plants</source>
        <translation>La scène en proche infrarouge : la végétation est rouge</translation>
    </message>
    <message>
        <source>Live map</source>
        <translation>Carte en direct</translation>
    </message>
    <message>
        <source>Map what is seen while you draw: every edit of the samples repaints it</source>
        <translation>Cartographier ce qui est visible pendant que vous dessinez : chaque modification des échantillons le redessine</translation>
    </message>
    <message>
        <source>Make map</source>
        <translation>Créer la carte</translation>
    </message>
    <message>
        <source>Map the whole embedding; the model is saved beside the map</source>
        <translation>Cartographier tout le plongement ; le modèle est enregistré à côté de la carte</translation>
    </message>
    <message>
        <source>The scene of the embedding in use is not in the project; add it to see it.</source>
        <translation>La scène du plongement utilisé n'est pas dans le projet ; ajoutez-la pour la voir.</translation>
    </message>
    <message>
        <source>{} does not name the bands that this needs; choose them in the properties of the layer.</source>
        <translation>{} ne nomme pas les bandes nécessaires ; choisissez-les dans les propriétés de la couche.</translation>
    </message>
</context>
<context>
    <name>SegmentTool</name>
    <message>
        <source>There is no class with that key; add it, or type another.</source>
        <translation>Il n'y a pas de classe avec cette touche ; ajoutez-la, ou tapez-en une autre.</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>Il n’y a rien à annuler.</translation>
    </message>
    <message>
        <source>There is nothing to redo.</source>
        <translation>Il n’y a rien à rétablir.</translation>
    </message>
    <message>
        <source>There is no sample under the cursor; move onto one.</source>
        <translation>Il n'y a pas d'échantillon sous le curseur ; placez-le sur l'un d'eux.</translation>
    </message>
    <message>
        <source>Choose or make a sample layer first.</source>
        <translation>Choisissez ou créez d’abord une couche d’échantillons.</translation>
    </message>
    <message>
        <source>Add a class first.</source>
        <translation>Ajoutez d’abord une classe.</translation>
    </message>
    <message>
        <source>This sample lies outside the embedding: nothing is learned from it. Z takes it back.</source>
        <translation>Cet échantillon est hors du plongement : rien n’en est appris. Z l’annule.</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0} : {1}</translation>
    </message>
    <message>
        <source>click a place, and what looks like it is outlined</source>
        <translation>cliquez un lieu : ce qui lui ressemble est entouré</translation>
    </message>
    <message>
        <source>looking for what is like this place …</source>
        <translation>recherche de ce qui ressemble à ce lieu …</translation>
    </message>
    <message>
        <source>{}, {} pixels</source>
        <translation>{}, {} pixels</translation>
    </message>
    <message>
        <source>wheel: more or less; click inside: take it; Shift+click: add a place; Esc: drop it</source>
        <translation>molette : plus ou moins ; clic dedans : prendre ; Maj+clic : ajouter un lieu ; Échap : abandonner</translation>
    </message>
    <message>
        <source>Choose an embedding first: it knows what looks alike.</source>
        <translation>Choisissez d’abord un plongement : il sait ce qui se ressemble.</translation>
    </message>
    <message>
        <source>It goes on beyond what is seen, and is cut there: zoom out to take all of it.</source>
        <translation>Cela continue au-delà de ce qui est visible et y est coupé : effectuez un zoom arrière pour tout prendre.</translation>
    </message>
    <message>
        <source>It goes on farther than one click looks, and is cut there: add the rest with Shift and a click.</source>
        <translation>Cela s’étend plus loin que ce qu’un clic regarde et y est coupé : ajoutez le reste avec Maj et un clic.</translation>
    </message>
</context>
<context>
    <name>SetupPanel</name>
    <message>
        <source>Set up MMEarth</source>
        <translation>Configurer MMEarth</translation>
    </message>
    <message>
        <source>Use this Python</source>
        <translation>Utiliser ce Python</translation>
    </message>
    <message>
        <source>Run the worker in the Python that was tested</source>
        <translation>Calculer avec le Python qui a été testé</translation>
    </message>
    <message>
        <source>Create an environment</source>
        <translation>Créer un environnement</translation>
    </message>
    <message>
        <source>Use an existing Python</source>
        <translation>Utiliser un Python existant</translation>
    </message>
    <message>
        <source>MMEarth computes in a Python of its own, so that nothing inside QGIS changes.</source>
        <translation>MMEarth calcule dans un Python à part, pour que rien ne change dans QGIS.</translation>
    </message>
    <message>
        <source>The one set cannot be used yet; its test is below.</source>
        <translation>Celui qui est choisi ne peut pas encore servir ; son test est ci-dessous.</translation>
    </message>
    <message>
        <source>The one that MMEARTH_PYTHON names cannot be used yet; its test is below.</source>
        <translation>Celui que nomme MMEARTH_PYTHON ne peut pas encore servir ; son test est ci-dessous.</translation>
    </message>
    <message>
        <source>The environment does not work; its test is below.</source>
        <translation>L’environnement ne fonctionne pas ; son test est ci-dessous.</translation>
    </message>
    <message>
        <source>Its environment was made for another version of the plugin and needs an update.</source>
        <translation>Son environnement a été créé pour une autre version de l’extension et doit être mis à jour.</translation>
    </message>
    <message>
        <source>There is none yet: create an environment here, or choose a Python that has mmearth.</source>
        <translation>Il n’y en a pas encore : créez un environnement ici, ou choisissez un Python qui a mmearth.</translation>
    </message>
</context>
<context>
    <name>Similar</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
    <message>
        <source>Find similar places</source>
        <translation>Trouver des lieux semblables</translation>
    </message>
    <message>
        <source>Shows where it looks like at a place, or like under some features, by comparing every pixel's embedding with the one there.</source>
        <translation>Montre où cela ressemble à un lieu, ou à ce qui est sous des entités, en comparant le plongement de chaque pixel avec celui de cet endroit.</translation>
    </message>
    <message>
        <source>A raster of cosine similarity, from -1 (opposite) by 0 (unrelated) to 1 (the same).</source>
        <translation>Un raster de similarité cosinus, de -1 (opposé) par 0 (sans rapport) à 1 (identique).</translation>
    </message>
    <message>
        <source>“Outline” turns what lies above a threshold into polygons.</source>
        <translation>« Tracer les contours » transforme en polygones ce qui dépasse un seuil.</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>Lieu</translation>
    </message>
    <message>
        <source>The place to compare with.</source>
        <translation>Le lieu auquel comparer.</translation>
    </message>
    <message>
        <source>… or features</source>
        <translation>… ou entités</translation>
    </message>
    <message>
        <source>Instead of a place: features; the mean of the pixels under them is compared with.</source>
        <translation>Au lieu d’un lieu : des entités ; on compare à la moyenne des pixels qu’elles couvrent.</translation>
    </message>
    <message>
        <source>Similarity</source>
        <translation>Similarité</translation>
    </message>
    <message>
        <source>The raster to write.</source>
        <translation>Le raster à écrire.</translation>
    </message>
    <message>
        <source>For a working set of several places, in place of a raster: the folder to write that of each place into.</source>
        <translation>Pour un jeu de travail de plusieurs lieux, au lieu d’un raster : le dossier où écrire celui de chaque lieu.</translation>
    </message>
    <message>
        <source>Pixels compared with</source>
        <translation>Pixels de comparaison</translation>
    </message>
    <message>
        <source>What to compare with is not said, or twice; choose either a place or features.</source>
        <translation>Ce avec quoi comparer n'est pas indiqué, ou l'est deux fois ; choisissez soit un lieu, soit des entités.</translation>
    </message>
    <message>
        <source>Compared with one pixel.</source>
        <translation>Comparé à un seul pixel.</translation>
    </message>
    <message>
        <source>Compared with the mean of {} pixels.</source>
        <translation>Comparé à la moyenne de {} pixels.</translation>
    </message>
</context>
<context>
    <name>SimilarityBox</name>
    <message>
        <source>Similar places</source>
        <translation>Lieux semblables</translation>
    </message>
    <message>
        <source>Find similar places</source>
        <translation>Trouver des lieux semblables</translation>
    </message>
    <message>
        <source>Then click a place in the map: what looks like it lights up</source>
        <translation>Cliquez ensuite un lieu sur la carte : ce qui lui ressemble s’illumine</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Retirer</translation>
    </message>
    <message>
        <source>Take the heat map away</source>
        <translation>Retirer la carte de chaleur</translation>
    </message>
    <message>
        <source>Only what is at least so alike is shown and becomes polygons</source>
        <translation>Seul ce qui est au moins aussi semblable est montré et devient polygones</translation>
    </message>
    <message>
        <source>At least</source>
        <translation>Au moins</translation>
    </message>
    <message>
        <source>Save heat map…</source>
        <translation>Enregistrer…</translation>
    </message>
    <message>
        <source>The similarity of the whole layer, as a raster</source>
        <translation>La similarité de toute la couche, en raster</translation>
    </message>
    <message>
        <source>To polygons…</source>
        <translation>En polygones…</translation>
    </message>
    <message>
        <source>What is alike enough in the whole layer, as polygons</source>
        <translation>Ce qui est assez semblable dans toute la couche, en polygones</translation>
    </message>
    <message>
        <source>Embed a layer first, or choose an embedding.</source>
        <translation>Calculez d’abord le plongement d’une couche, ou choisissez un plongement.</translation>
    </message>
    <message>
        <source>Save heat map</source>
        <translation>Enregistrer la carte de chaleur</translation>
    </message>
    <message>
        <source>Save polygons</source>
        <translation>Enregistrer les polygones</translation>
    </message>
    <message>
        <source>{} polygons.</source>
        <translation>{} polygones.</translation>
    </message>
    <message>
        <source>Comparing the whole layer …</source>
        <translation>Comparaison de toute la couche…</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Annulé.</translation>
    </message>
    <message>
        <source>{} exists. Replace it?</source>
        <translation>{} existe déjà. Le remplacer ?</translation>
    </message>
    <message>
        <source>Replace file?</source>
        <translation>Remplacer le fichier ?</translation>
    </message>
</context>
<context>
    <name>SingleScenes</name>
    <message>
        <source>The model learned from extra layers too ({}), which scenes of a folder do not have; put the scenes and these layers into a working set and map that, or learn from samples without the layers.</source>
        <translation>Le modèle a aussi appris de couches supplémentaires ({}), que les scènes d’un dossier n’ont pas ; mettez les scènes et ces couches dans un jeu de travail et cartographiez-le, ou apprenez des échantillons sans les couches.</translation>
    </message>
    <message>
        <source>The model sees several dates of a place at once ({}), and a scene of a folder is of one; put the dates of each place into a working set and map that, or learn with “Dates: each votes”.</source>
        <translation>Le modèle voit plusieurs dates d’un lieu à la fois ({}), et une scène d’un dossier n’en a qu’une ; mettez les dates de chaque lieu dans un jeu de travail et cartographiez-le, ou apprenez avec « Dates : chacune vote ».</translation>
    </message>
</context>
<context>
    <name>Sources</name>
    <message>
        <source>“{}” is not a raster that can be opened; choose another layer.</source>
        <translation>« {} » n’est pas un raster qui s’ouvre ; choisissez une autre couche.</translation>
    </message>
    <message>
        <source>“{0}” is not a raster file but comes from a service or database ({1})</source>
        <translation>« {0} » n’est pas un fichier raster mais vient d’un service ou d’une base de données ({1})</translation>
    </message>
    <message>
        <source>“{}” is not a raster file but in QGIS' memory only</source>
        <translation>« {} » n’est pas un fichier raster mais n’existe que dans la mémoire de QGIS</translation>
    </message>
    <message>
        <source>“{0}” is opened in a way of its own ({1}), in which nothing but QGIS sees it</source>
        <translation>« {0} » est ouvert d’une façon particulière ({1}), que seul QGIS voit</translation>
    </message>
    <message>
        <source>“{}” is not a raster file on this computer</source>
        <translation>« {} » n’est pas un fichier raster sur cet ordinateur</translation>
    </message>
    <message>
        <source>{}; save it as a GeoTIFF (Export, Save As) and take that.</source>
        <translation>{} ; enregistrez-le en GeoTIFF (Exporter, Sauvegarder sous) et prenez celui-là.</translation>
    </message>
    <message>
        <source>“{0}” is in {1} by its file and in {2} by the layer's properties; set the layer's back, or save it as a GeoTIFF in the right one (Export, Save As) and take that.</source>
        <translation>« {0} » est en {1} d’après son fichier et en {2} d’après les propriétés de la couche ; rétablissez celui de la couche, ou enregistrez-le en GeoTIFF dans le bon (Exporter, Sauvegarder sous) et prenez celui-là.</translation>
    </message>
    <message>
        <source>“{}” has no coordinate reference system; set it (Layer, Set CRS of Layer) and try again.</source>
        <translation>« {} » n’a pas de système de coordonnées de référence ; définissez-le (Couche, Définir le SCR de la couche) et réessayez.</translation>
    </message>
</context>
<context>
    <name>SquareTool</name>
    <message>
        <source>click for {0} × {0} pixels</source>
        <translation>cliquez pour {0} × {0} pixels</translation>
    </message>
    <message>
        <source>Choose an embedding first: squares follow its pixels.</source>
        <translation>Choisissez d’abord un plongement : les carrés suivent ses pixels.</translation>
    </message>
    <message>
        <source>That place is outside the embedding; choose one inside.</source>
        <translation>Ce lieu est hors du plongement ; choisissez-en un à l'intérieur.</translation>
    </message>
    <message>
        <source>There is no class with that key; add it, or type another.</source>
        <translation>Il n'y a pas de classe avec cette touche ; ajoutez-la, ou tapez-en une autre.</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>Il n’y a rien à annuler.</translation>
    </message>
    <message>
        <source>There is nothing to redo.</source>
        <translation>Il n’y a rien à rétablir.</translation>
    </message>
    <message>
        <source>There is no sample under the cursor; move onto one.</source>
        <translation>Il n'y a pas d'échantillon sous le curseur ; placez-le sur l'un d'eux.</translation>
    </message>
    <message>
        <source>Choose or make a sample layer first.</source>
        <translation>Choisissez ou créez d’abord une couche d’échantillons.</translation>
    </message>
    <message>
        <source>Add a class first.</source>
        <translation>Ajoutez d’abord une classe.</translation>
    </message>
    <message>
        <source>This sample lies outside the embedding: nothing is learned from it. Z takes it back.</source>
        <translation>Cet échantillon est hors du plongement : rien n’en est appris. Z l’annule.</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0} : {1}</translation>
    </message>
</context>
<context>
    <name>Suggest</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
    <message>
        <source>Suggest where to label next</source>
        <translation>Suggérer où étiqueter ensuite</translation>
    </message>
    <message>
        <source>Finds the places whose label would improve a model most: those it is least sure of, unlike each other and unlike what it knows.</source>
        <translation>Trouve les lieux dont l’étiquette améliorerait le plus un modèle : ceux dont il est le moins sûr, différents les uns des autres et de ce qu’il connaît.</translation>
    </message>
    <message>
        <source>Points, best first, with the fields rank, class (empty, for you to fill), predicted, second, margin, and place for a working set of several places.</source>
        <translation>Points, les meilleurs d’abord, avec les champs rank, class (vide, à remplir par vous), predicted, second, margin, et place pour un jeu de travail de plusieurs lieux.</translation>
    </message>
    <message>
        <source>Label the first ten, fit again with both layers, then ask anew: each fit changes the answer.</source>
        <translation>Étiquetez les dix premiers, réapprenez avec les deux couches, puis redemandez : chaque apprentissage change la réponse.</translation>
    </message>
    <message>
        <source>Number of places</source>
        <translation>Nombre de lieux</translation>
    </message>
    <message>
        <source>How many are wanted; there may be fewer.</source>
        <translation>Combien on en souhaite ; il peut y en avoir moins.</translation>
    </message>
    <message>
        <source>Samples so far</source>
        <translation>Échantillons actuels</translation>
    </message>
    <message>
        <source>What is labelled already: no place comes within 10 pixels of it.</source>
        <translation>Ce qui est déjà étiqueté : aucun lieu n’en est à moins de 10 pixels.</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>Graine</translation>
    </message>
    <message>
        <source>Decides between equals.</source>
        <translation>Départage les égaux.</translation>
    </message>
    <message>
        <source>Suggestions</source>
        <translation>Suggestions</translation>
    </message>
    <message>
        <source>The points to write.</source>
        <translation>Les points à écrire.</translation>
    </message>
    <message>
        <source>{} places to label next; {} were asked for.</source>
        <translation>{} lieux à étiqueter ensuite ; {} étaient demandés.</translation>
    </message>
</context>
<context>
    <name>SuggestionsBox</name>
    <message>
        <source>There is no class {}.</source>
        <translation>Il n'y a pas de classe {}.</translation>
    </message>
    <message>
        <source>Suggest places</source>
        <translation>Suggérer des lieux</translation>
    </message>
    <message>
        <source>Find places where the map is least certain and unlike what is labelled</source>
        <translation>Trouver les lieux où la carte est la moins sûre et qui diffèrent de ce qui est étiqueté</translation>
    </message>
    <message>
        <source>Number of places</source>
        <translation>Nombre de lieux</translation>
    </message>
    <message>
        <source>in view</source>
        <translation>dans la vue</translation>
    </message>
    <message>
        <source>Look only inside what is seen</source>
        <translation>Ne chercher que dans ce qui est visible</translation>
    </message>
    <message>
        <source>The places, the most useful one first: choose one to see it on the map</source>
        <translation>Les lieux, le plus utile d'abord : choisissez-en un pour le voir sur la carte</translation>
    </message>
    <message>
        <source>Embed a layer and draw samples first.</source>
        <translation>Calculez d’abord le plongement d’une couche et dessinez des échantillons.</translation>
    </message>
    <message>
        <source>Looking for uncertain places</source>
        <translation>Recherche de lieux incertains</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Annuler</translation>
    </message>
    <message>
        <source>{0}  {1} {2} or {3} {4}?</source>
        <translation>{0}  {1} {2} ou {3} {4} ?</translation>
    </message>
    <message>
        <source>So sure is the map of its two likeliest classes here: {0} against {1}</source>
        <translation>Voici la probabilité des deux classes les plus vraisemblables ici : {0} contre {1}</translation>
    </message>
    <message>
        <source>Number keys give the place its class, Delete skips it. The map is hidden: hold M to see it.</source>
        <translation>Les chiffres donnent sa classe au lieu, Suppr le saute. La carte est masquée : maintenez M pour la voir.</translation>
    </message>
</context>
<context>
    <name>Tidy</name>
    <message>
        <source>Follow what the input refers to</source>
        <translation>Suivre les renvois de l’entrée</translation>
    </message>
    <message>
        <source>Reads also files in other folders and on the network that a VRT or a STAC item names.</source>
        <translation>Lit aussi des fichiers d’autres dossiers et du réseau que nomme un VRT ou un item STAC.</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>Cartographie</translation>
    </message>
    <message>
        <source>Accuracy</source>
        <translation>Exactitude</translation>
    </message>
    <message>
        <source>What comes out</source>
        <translation>Ce que l’on obtient</translation>
    </message>
    <message>
        <source>Tip</source>
        <translation>Conseil</translation>
    </message>
    <message>
        <source>MMEarth has no Python to compute with; open the MMEarth dock in QGIS and set one up, or let the environment variable MMEARTH_PYTHON name a Python that has mmearth installed.</source>
        <translation>MMEarth n’a pas de Python pour calculer ; ouvrez le panneau MMEarth dans QGIS pour en configurer un, ou indiquez dans la variable d’environnement MMEARTH_PYTHON un Python où mmearth est installé.</translation>
    </message>
    <message>
        <source>Model of classes</source>
        <translation>Modèle de classes</translation>
    </message>
    <message>
        <source>A file made by “Fit classes to samples” or saved in the dock.</source>
        <translation>Un fichier fait par « Apprendre les classes des échantillons » ou enregistré dans le panneau.</translation>
    </message>
    <message>
        <source>“{}” is not an embedding ({} bands); make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ({} bandes) ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>“{}” is not an embedding; make one of it first with “Embed layer”.</source>
        <translation>« {} » n’est pas un plongement ; faites-en d’abord un avec « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>no field</source>
        <translation>aucun champ</translation>
    </message>
    <message>
        <source>“{}” has no field “{}”; it has {}. Choose the field that names the class.</source>
        <translation>« {} » n’a pas de champ « {} » ; il a : {}. Choisissez le champ qui nomme la classe.</translation>
    </message>
    <message>
        <source>“{}” cannot go into a database; choose a file of its own.</source>
        <translation>« {} » ne peut pas aller dans une base de données ; choisissez un fichier à part.</translation>
    </message>
    <message>
        <source>Tidy map</source>
        <translation>Nettoyer la carte</translation>
    </message>
    <message>
        <source>Fills areas of a class map that are too small with the class they have the longest border with.</source>
        <translation>Comble les surfaces trop petites d’une carte de classes par la classe avec laquelle elles partagent la plus longue limite.</translation>
    </message>
    <message>
        <source>A map with the same names and colours; it says what was done and which classes changed.</source>
        <translation>Une carte aux mêmes noms et couleurs ; elle dit ce qui a été fait et quelles classes ont changé.</translation>
    </message>
    <message>
        <source>Name roads and rivers as kept where they are broken into short pieces, or give them a smaller area.</source>
        <translation>Nommez comme gardées les routes et rivières coupées en courts morceaux, ou donnez-leur une surface plus petite.</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Carte</translation>
    </message>
    <message>
        <source>A class map, also one that another program made.</source>
        <translation>Une carte de classes, même faite par un autre programme.</translation>
    </message>
    <message>
        <source>Smallest areas in hectares</source>
        <translation>Plus petites surfaces en hectares</translation>
    </message>
    <message>
        <source>For all classes, and after semicolons for single ones: 0.1; forest=0.5</source>
        <translation>Pour toutes les classes, et après des points-virgules pour certaines : 0.1; forêt=0.5</translation>
    </message>
    <message>
        <source>Kept classes</source>
        <translation>Classes gardées</translation>
    </message>
    <message>
        <source>Classes that neither lose nor win a pixel, with semicolons between them: roads; rivers</source>
        <translation>Classes qui ne perdent ni ne gagnent de pixel, séparées par des points-virgules : routes; rivières</translation>
    </message>
    <message>
        <source>Majority of pixels</source>
        <translation>Majorité des pixels</translation>
    </message>
    <message>
        <source>First, every pixel gets the commonest class of so many pixels on a side around it: 3, 5, …; 1 leaves that out. It also removes what is thin, such as rivers and roads.</source>
        <translation>D’abord, chaque pixel reçoit la classe la plus fréquente d’une fenêtre d’autant de pixels de côté : 3, 5, … ; 1 s’en passe. Ce qui est mince, comme rivières et routes, disparaît aussi.</translation>
    </message>
    <message>
        <source>The map to write.</source>
        <translation>La carte à écrire.</translation>
    </message>
    <message>
        <source>Areas filled</source>
        <translation>Surfaces comblées</translation>
    </message>
    <message>
        <source>Pixels that classes lost and won</source>
        <translation>Pixels perdus et gagnés par les classes</translation>
    </message>
    <message>
        <source>{} small areas filled.</source>
        <translation>{} petites surfaces comblées.</translation>
    </message>
</context>
<context>
    <name>ToolRow</name>
    <message>
        <source>Polygon</source>
        <translation>Polygone</translation>
    </message>
    <message>
        <source>Click the corners; right click finishes</source>
        <translation>Cliquez les sommets ; clic droit pour finir</translation>
    </message>
    <message>
        <source>Freehand</source>
        <translation>Libre</translation>
    </message>
    <message>
        <source>Draw the outline with the button pressed</source>
        <translation>Tracez le contour, bouton enfoncé</translation>
    </message>
    <message>
        <source>Rectangle</source>
        <translation>Rectangle</translation>
    </message>
    <message>
        <source>Drag from corner to corner</source>
        <translation>Glissez d’un coin à l’autre</translation>
    </message>
    <message>
        <source>Square</source>
        <translation>Carré</translation>
    </message>
    <message>
        <source>Click: a square of embedding pixels</source>
        <translation>Clic : un carré de pixels du plongement</translation>
    </message>
    <message>
        <source>Segment</source>
        <translation>Segment</translation>
    </message>
    <message>
        <source>Click a field, a lake, a forest: what looks like it is outlined along its edges. The wheel makes it larger or smaller, a click inside takes it.</source>
        <translation>Cliquez un champ, un lac, une forêt : ce qui lui ressemble est entouré le long de ses bords. La molette l’agrandit ou le réduit, un clic dedans le prend.</translation>
    </message>
    <message>
        <source>Side of the square in pixels of the embedding</source>
        <translation>Côté du carré en pixels du plongement</translation>
    </message>
    <message>
        <source>A tree in a field, a boat on a lake: what lies inside the outline and is no larger belongs to it</source>
        <translation>Un arbre dans un champ, un bateau sur un lac : ce qui est dans le contour et n’est pas plus grand en fait partie</translation>
    </message>
    <message>
        <source>Side of the square</source>
        <translation>Côté du carré</translation>
    </message>
    <message>
        <source>Fill holes up to</source>
        <translation>Combler les trous jusqu’à</translation>
    </message>
    <message>
        <source> pixels</source>
        <translation> pixels</translation>
    </message>
</context>
<context>
    <name>Tour</name>
    <message>
        <source>1 of 4 · Embed</source>
        <translation>1 sur 4 · Plongement</translation>
    </message>
    <message>
        <source>2 of 4 · Samples</source>
        <translation>2 sur 4 · Échantillons</translation>
    </message>
    <message>
        <source>3 of 4 · Live map</source>
        <translation>3 sur 4 · Carte en direct</translation>
    </message>
    <message>
        <source>4 of 4 · Make map</source>
        <translation>4 sur 4 · Créer la carte</translation>
    </message>
    <message>
        <source>That is a map</source>
        <translation>Voilà une carte</translation>
    </message>
    <message>
        <source>Every pixel gets 64 numbers that say what it and its surroundings look like. Press the button; the example takes some seconds.</source>
        <translation>Chaque pixel reçoit 64 nombres qui disent à quoi il ressemble, lui et ses alentours. Appuyez sur le bouton ; l'exemple prend quelques secondes.</translation>
    </message>
    <message>
        <source>Press “Draw samples”. Then choose a class by its digit, click the corners of an area of it on the map, and end with the right button. Draw two areas of each of two classes, apart from each other.</source>
        <translation>Appuyez sur « Dessiner des échantillons ». Choisissez ensuite une classe par son chiffre, cliquez les sommets d'une zone sur la carte, et terminez par un clic droit. Dessinez deux zones de chacune de deux classes, éloignées l'une de l'autre.</translation>
    </message>
    <message>
        <source>What you see is mapped, and mapped again with every sample that you draw. Where it is wrong, draw one more.</source>
        <translation>Ce que vous voyez est cartographié, et de nouveau à chaque échantillon que vous dessinez. Là où c'est faux, dessinez-en un de plus.</translation>
    </message>
    <message>
        <source>Happy with it? The whole scene is mapped, with names, colours and the model in its files.</source>
        <translation>Satisfait ? Toute la scène est cartographiée, avec les noms, les couleurs et le modèle dans ses fichiers.</translation>
    </message>
    <message>
        <source>How good it is, the tab “Accuracy” tells, from points drawn at random. “Help”, below, explains every tab; the key ? shows all keys.</source>
        <translation>L'onglet « Exactitude » dit ce qu'elle vaut, d'après des points tirés au hasard. « Aide », en bas, explique chaque onglet ; la touche ? montre toutes les touches.</translation>
    </message>
    <message>
        <source>Skip the tour</source>
        <translation>Quitter la visite</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Fermer</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Suivant</translation>
    </message>
</context>
<context>
    <name>WarningLine</name>
    <message>
        <source>A way out of what the sentence beside it says</source>
        <translation>Une issue à ce que dit la phrase à côté</translation>
    </message>
</context>
<context>
    <name>WorkerClient</name>
    <message>
        <source>{} – cancelled</source>
        <translation>{} – annulé</translation>
    </message>
    <message>
        <source>There is no Python to run the worker; set up the environment in the plugin's panel.</source>
        <translation>Il n’y a pas de Python pour calculer ; configurez l’environnement dans le panneau de l’extension.</translation>
    </message>
    <message>
        <source>{path} is QGIS itself and cannot run the worker; choose a Python in the plugin's panel.</source>
        <translation>{path} est QGIS lui-même et ne peut pas faire les calculs ; choisissez un Python dans le panneau de l’extension.</translation>
    </message>
    <message>
        <source>Follow what the input refers to (Processing toolbox, advanced parameters)</source>
        <translation>Suivre les renvois de l’entrée (boîte à outils de traitements, paramètres avancés)</translation>
    </message>
</context>
<context>
    <name>WorkerLabel</name>
    <message>
        <source>ready</source>
        <translation>prêt</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>démarre</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>arrêté</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>en échec</translation>
    </message>
    <message>
        <source>at work</source>
        <translation>au travail</translation>
    </message>
    <message>
        <source>{}, {} of memory</source>
        <translation>{}, {} de mémoire</translation>
    </message>
    <message>
        <source>Worker: {}</source>
        <translation>Calculateur : {}</translation>
    </message>
</context>
<context>
    <name>WorkingSets</name>
    <message>
        <source>“{}” is not a working set; make one with “Gather working set”.</source>
        <translation>« {} » n’est pas un jeu de travail ; faites-en un avec « Rassembler un jeu de travail ».</translation>
    </message>
    <message>
        <source>Embedding</source>
        <translation>Plongement</translation>
    </message>
    <message>
        <source>A raster made by “Embed layer”.</source>
        <translation>Un raster fait par « Calculer le plongement ».</translation>
    </message>
    <message>
        <source>… or working set</source>
        <translation>… ou jeu de travail</translation>
    </message>
    <message>
        <source>Instead of an embedding: several dates, places and layers that “Gather working set” put together.</source>
        <translation>Au lieu d’un plongement : plusieurs dates, lieux et couches réunis par « Rassembler un jeu de travail ».</translation>
    </message>
    <message>
        <source>What to work on is not said, or twice; choose either an embedding or a working set.</source>
        <translation>Ce sur quoi travailler n'est pas indiqué, ou l'est deux fois ; choisissez soit un embedding, soit un jeu de travail.</translation>
    </message>
    <message>
        <source>Folder of maps</source>
        <translation>Dossier des cartes</translation>
    </message>
    <message>
        <source>Maps</source>
        <translation>Cartes</translation>
    </message>
    <message>
        <source>The working set has several places; choose the folder of their maps.</source>
        <translation>Le jeu de travail a plusieurs lieux ; choisissez le dossier de leurs cartes.</translation>
    </message>
    <message>
        <source>A folder is for the maps of a working set of several places; choose the map to write.</source>
        <translation>Un dossier sert aux cartes d’un jeu de travail de plusieurs lieux ; choisissez la carte à écrire.</translation>
    </message>
    <message>
        <source>No map to write is named; choose its file.</source>
        <translation>Aucune carte à écrire n'est indiquée ; choisissez son fichier.</translation>
    </message>
    <message>
        <source>Map</source>
        <translation>Carte</translation>
    </message>
    <message>
        <source>A map made by “Classify embedding”, or any raster of whole numbers.</source>
        <translation>Une carte faite par « Classer le plongement », ou tout raster de nombres entiers.</translation>
    </message>
    <message>
        <source>… or folder of maps</source>
        <translation>… ou dossier de cartes</translation>
    </message>
    <message>
        <source>Instead of a map: the folder with the maps of all places of a working set, which count as one map.</source>
        <translation>Au lieu d’une carte : le dossier des cartes de tous les lieux d’un jeu de travail, qui comptent comme une seule carte.</translation>
    </message>
    <message>
        <source>Working set of the maps</source>
        <translation>Jeu de travail des cartes</translation>
    </message>
    <message>
        <source>The working set whose places the folder has the maps of.</source>
        <translation>Le jeu de travail dont le dossier contient les cartes des lieux.</translation>
    </message>
    <message>
        <source>The map is not said, or twice; choose either a map or a folder of maps.</source>
        <translation>La carte n'est pas indiquée, ou l'est deux fois ; choisissez soit une carte, soit un dossier de cartes.</translation>
    </message>
    <message>
        <source>The folder's maps are of a working set that is not named; choose it.</source>
        <translation>Les cartes du dossier sont d'un jeu de travail qui n'est pas indiqué ; choisissez-le.</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>a layer of it</source>
        <translation>une de ses couches</translation>
    </message>
    <message>
        <source>The scenes are no longer worked on together, for this is not where it was: {}. Open “Several scenes…”, and “Work with these” puts together what is left.</source>
        <translation>Les scènes ne sont plus utilisées ensemble, car ceci n’est plus à sa place : {}. Ouvrez « Plusieurs scènes… », et « Travailler avec » assemble ce qui reste.</translation>
    </message>
</context>
<context>
    <name>_ColourDelegate</name>
    <message>
        <source>Colour of the class</source>
        <translation>Couleur de la classe</translation>
    </message>
    <message>
        <source>The colour of the class on the map</source>
        <translation>La couleur de la classe sur la carte</translation>
    </message>
</context>
<context>
    <name>_DragTool</name>
    <message>
        <source>Keep the button pressed while you draw.</source>
        <translation>Gardez le bouton enfoncé pendant que vous dessinez.</translation>
    </message>
    <message>
        <source>There is no class with that key; add it, or type another.</source>
        <translation>Il n'y a pas de classe avec cette touche ; ajoutez-la, ou tapez-en une autre.</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>Il n’y a rien à annuler.</translation>
    </message>
    <message>
        <source>There is nothing to redo.</source>
        <translation>Il n’y a rien à rétablir.</translation>
    </message>
    <message>
        <source>There is no sample under the cursor; move onto one.</source>
        <translation>Il n'y a pas d'échantillon sous le curseur ; placez-le sur l'un d'eux.</translation>
    </message>
    <message>
        <source>Choose or make a sample layer first.</source>
        <translation>Choisissez ou créez d’abord une couche d’échantillons.</translation>
    </message>
    <message>
        <source>Add a class first.</source>
        <translation>Ajoutez d’abord une classe.</translation>
    </message>
    <message>
        <source>This sample lies outside the embedding: nothing is learned from it. Z takes it back.</source>
        <translation>Cet échantillon est hors du plongement : rien n’en est appris. Z l’annule.</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0} : {1}</translation>
    </message>
</context>
<context>
    <name>inputs</name>
    <message>
        <source>The layer “{}” is not a file of its own, or is filtered or edited; save it as one (Export, Save As) and take that.</source>
        <translation>La couche « {} » n’est pas un fichier à elle seule, ou elle est filtrée ou modifiée ; enregistrez-la dans un fichier (Exporter, Sauvegarder sous) et prenez celui-ci.</translation>
    </message>
    <message>
        <source>The layer “{}” could not be copied for the worker ({}); save it as a GeoPackage and take that.</source>
        <translation>La couche « {} » n'a pas pu être copiée pour le processus de calcul ({}) ; enregistrez-la en GeoPackage et prenez celui-ci.</translation>
    </message>
</context>
</TS>
